import { describe, expect, it } from 'vitest';
import { alertKey, localId } from '../../src/alert/alert.ts';
import type { AlertIdentity } from '../../src/alert/alert.ts';

const identity: AlertIdentity = {
  system: 'duru-notes',
  environment: 'production',
  service: 'api',
  kind: 'burn-rate',
  subject: 'availability',
  tier: 'page-fast',
};

describe('the key of an alert', () => {
  it('is 32 hex characters and the same for ever', () => {
    expect(alertKey(identity)).toBe('c1b06cf412c7df28b637406b00fbed13');
  });

  it('does not depend on the order in which it is written', () => {
    const { tier, kind, ...rest } = identity;
    expect(alertKey({ tier: tier!, ...rest, kind })).toBe(alertKey(identity));
    const labelled = { ...identity, labels: { zone: 'a', route: 'b' } };
    expect(alertKey({ ...identity, labels: { route: 'b', zone: 'a' } })).toBe(alertKey(labelled));
  });

  it('labels that are empty are as good as none', () => {
    expect(alertKey({ ...identity, labels: {} })).toBe(alertKey(identity));
  });

  it('differs with every part', () => {
    const { tier: _, ...untiered } = identity;
    const others: AlertIdentity[] = [
      { ...identity, system: 'nexod' },
      { ...identity, environment: 'staging' },
      { ...identity, service: 'web' },
      { ...identity, kind: 'absence' },
      { ...identity, subject: 'latency' },
      { ...identity, tier: 'page-slow' },
      untiered,
      { ...identity, labels: { route: '/a' } },
      { ...identity, labels: { route: '/b' } },
    ];
    expect(new Set([identity, ...others].map(alertKey)).size).toBe(others.length + 1);
  });

  it('takes hostile names as they are', () => {
    expect(alertKey({ ...identity, subject: 'a","tier":"b' })).not.toBe(alertKey({ ...identity, subject: 'a' }));
  });
});

describe('local ids', () => {
  it('are the last part of a whole id', () => {
    expect(['duru-notes/api/availability', 'alone'].map(localId)).toEqual(['availability', 'alone']);
  });
});
