import { describe, expect, test } from 'vitest';
import { POLICIES, linesOf, SHOP } from './documents.ts';

/** The shop with these probes beside its own. */
const shopOf = (probes: readonly string[]): string =>
  SHOP.replace(
    '      - id: nightly\n',
    () => `${probes.map((probe, index) => `      - { id: p${index}, ${probe} }\n`).join('')}      - id: nightly\n`,
  );

const said = (probes: readonly string[]): string[] =>
  linesOf({ 'shop.yaml': shopOf(probes), 'policies.yaml': POLICIES });

const times = (count: number, probe: string): string[] => Array.from({ length: count }, () => probe);
const API = 'kind: http, url: "https://api.example.org:8443/health", every: 100ms, timeout: 100ms';

describe('Probes of one host and port', () => {
  test('may open 300 connections a second', () => {
    expect(said(times(30, API))).toEqual([]);
  });

  test('that open more are told the sum, and what helps', () => {
    expect(said([...times(20, API), ...times(11, API.replace('/health', '/ready?full=1'))])).toEqual([
      'shop.yaml:24:82 the probes of api.example.org:8443 add up to 310 connections a second; above 300 local ports run out: check less often, or close with close: reset',
    ]);
  });

  test('that are closed by a reset leave no port behind and are not counted', () => {
    expect(said([...times(30, API), ...times(30, `${API}, close: reset`)])).toEqual([]);
  });

  test('are those with the same words for it, whatever their kind', () => {
    const tcp = 'kind: tcp, address: "api.example.org:8443", every: 100ms, timeout: 100ms';
    expect(said([...times(30, API), tcp])).toHaveLength(1);
    expect(said(times(31, tcp))).toEqual([expect.stringMatching(/connections a second; .*: check less often$/)]);
    expect(said([...times(30, API), tcp.replace('api.', 'web.')])).toEqual([]);
  });

  test('never show a password', () => {
    const url = 'kind: postgres, url: "postgres://shop:sec/ret@db.example.org/shop", every: 100ms, timeout: 100ms';
    expect(said(times(40, url)).join()).not.toContain('sec');
  });
});
