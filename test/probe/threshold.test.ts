import { describe, expect, test } from 'vitest';
import { nextProbeState, NO_PROBE_STATE, type ProbeState } from '../../src/probe/threshold.ts';

const OUTCOMES = { p: 'pass', f: 'fail', u: 'unknown' } as const;

/** States after each of the results, `p`assed, `f`ailed or `u`nknown, one per second. */
const states = (results: string, failureThreshold: number, recoveryThreshold: number): ProbeState[] => {
  let state = NO_PROBE_STATE;
  return results.split('').map((letter, index) => {
    const result = { outcome: OUTCOMES[letter as keyof typeof OUTCOMES], at: index };
    state = nextProbeState(state, result, { failureThreshold, recoveryThreshold });
    return state;
  });
};

const SIGN = { up: '^', down: 'v', 'no-data': '-' } as const;

describe('A probe is up or down after so many results in a row', () => {
  test.for([
    ['the first known result decides at once', 2, 2, 'uufp', '--vv'],
    ['one failure is not down', 2, 2, 'pfpfpp', '^^^^^^'],
    ['two failures in a row are', 2, 2, 'pffff', '^^vvv'],
    ['recovery takes its own number', 2, 3, 'pffppfppp', '^^vvvvvv^'],
    ['unknown results change nothing and break no row', 2, 2, 'pfufupuup', '^^^vvvvv^'],
    ['thresholds of one follow every result', 1, 1, 'pfpf', '^v^v'],
  ] as const)('%s', ([, failures, recoveries, results, expected]) => {
    expect(
      states(results, failures, recoveries)
        .map(({ state }) => SIGN[state])
        .join(''),
    ).toBe(expected);
  });

  test('since is the result that changed it', () => {
    expect(states('ppffpp', 2, 2).map(({ since }) => since)).toEqual([0, 0, 0, 3, 3, 5]);
  });
});
