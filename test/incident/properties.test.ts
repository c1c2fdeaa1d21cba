import { describe, expect, test } from 'vitest';
import { PROPERTIES } from './properties.ts';
import { subject } from './subject.ts';

describe('over any history', () => {
  test.each(Object.entries(PROPERTIES))('%s', (_name, property) => {
    expect(() => property(subject, { numRuns: 300, seed: Date.now() % 1_000_000 })).not.toThrow();
  });
});
