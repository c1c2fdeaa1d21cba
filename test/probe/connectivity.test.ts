import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutOff, whileCutOff, type Reference } from '../../src/probe/connectivity.ts';
import { unknownResult, type CheckResult } from '../../src/probe/probe.ts';

const NOW = 1_795_000_000_000;
const INTERVAL_MS = 10_000;

type Word = 'pass' | 'fail' | 'unknown' | 'stale fail' | 'nothing yet';
const WORDS: readonly Word[] = ['pass', 'fail', 'unknown', 'stale fail', 'nothing yet'];

const reference = (word: Word, index = 0): Reference => {
  const id = `shop/network/reference-${index}`;
  if (word === 'nothing yet') return { id, intervalMs: INTERVAL_MS, last: null };
  const at = word === 'stale fail' ? NOW - 3 * INTERVAL_MS - 1 : NOW - 3 * INTERVAL_MS;
  const outcome = word === 'stale fail' ? 'fail' : word;
  return { id, intervalMs: INTERVAL_MS, last: { at, outcome, detail: 'connection to gateway:443 was refused' } };
};

const isCutOff = (words: readonly Word[], atLeast: number): boolean =>
  cutOff(words.map(reference), atLeast, NOW) !== null;

describe('This machine is cut off', () => {
  test.for<[Word[], number, boolean]>([
    [['pass', 'fail'], 1, false],
    [['fail', 'fail'], 1, true],
    [['pass', 'fail'], 2, true],
    [['fail', 'nothing yet'], 1, false],
    [['fail', 'stale fail'], 1, false],
    [['fail', 'unknown'], 1, false],
    [['unknown', 'unknown'], 1, false],
    [['nothing yet'], 1, false],
    [['fail', 'fail', 'unknown'], 2, true],
  ])('%j with at least %d: %s', ([words, atLeast, expected]) => {
    expect(isCutOff(words, atLeast)).toBe(expected);
  });

  test('exactly while so many references fail that what is left is not enough, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 }), fc.nat(5), (words, more) => {
        const atLeast = 1 + (more % words.length);
        const failing = words.filter((word) => word === 'fail').length;
        expect(isCutOff(words, atLeast)).toBe(words.length - failing < atLeast);
        expect(isCutOff(words.toReversed(), atLeast)).toBe(isCutOff(words, atLeast));
      }),
    );
  });

  test('says which references fail, and how', () => {
    expect(cutOff([reference('pass', 1), reference('fail', 2)], 2, NOW)).toBe(
      'this machine seems to be cut off: 1 of 2 references answer and 2 must; failing: network/reference-2 (connection to gateway:443 was refused)',
    );
  });
});

test.for([
  [{ outcome: 'fail', reason: 'timeout', detail: 'no complete answer within 5s' }, 'no complete answer within 5s'],
  [{ outcome: 'pass', reason: 'ok', detail: '', degraded: true }, 'passed'],
] as const)('A check while we are cut off says nothing about its target, neither good nor bad', ([seen, saw]) => {
  const result: CheckResult = { ...unknownResult('shop/api/health', NOW, 'ok', ''), durationMs: 12, ...seen };
  expect(whileCutOff(result, 'this machine seems to be cut off')).toEqual({
    ...result,
    outcome: 'unknown',
    reason: 'offline',
    degraded: false,
    detail: `this machine seems to be cut off; the check: ${saw}`,
  });
});
