import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionIdentity, conditionState, evaluateCondition, NEW_CONDITION } from '../../src/alert/condition.ts';
import type { Condition, ConditionState, Sample } from '../../src/alert/condition.ts';
import { HOUR, MINUTE } from '../../src/duration.ts';

const condition: Condition = {
  id: 'nexod/database/cpu-high',
  system: 'nexod',
  service: 'database',
  environment: 'production',
  name: 'Database CPU is high',
  source: { kind: 'reading', connector: 'rds', metric: 'CPU' },
  comparison: '>',
  threshold: 70,
  unit: '%',
  forMs: 5 * MINUTE,
  intervalMs: MINUTE,
  severity: 'warning',
  notConfigured: null,
  served: true,
  covers: [],
  runbook: null,
};

/** Values a minute apart from minute 1 on (null = none came), each judged when it is due; the changes with their minute. */
const story = (
  values: readonly (number | null)[],
  but: Partial<Condition> = {},
  from: ConditionState = NEW_CONDITION,
) => {
  const changes: string[] = [];
  let state = from;
  let alerts: ReturnType<typeof evaluateCondition>['alerts'] = [];
  for (const [index, value] of values.entries()) {
    const now = (index + 1) * MINUTE;
    const samples: Sample[] = value === null ? [] : [{ at: now, value }];
    const judged = evaluateCondition({ ...condition, ...but }, state, samples, now);
    for (const { from, alert } of judged.transitions) changes.push(`${index + 1}: ${from} → ${alert.status}`);
    ({ state, alerts } = judged);
  }
  return { changes, state, alerts };
};

const times = (count: number, value: number | null): (number | null)[] => Array.from({ length: count }, () => value);

describe('conditions', () => {
  it.each<[string, (number | null)[], string[]]>([
    ['true for less than its time does not fire', [...times(5, 90), 60], []],
    ['true for its time fires, counted from the first true sample', times(6, 90), ['6: pending → firing']],
    ['a false sample clears', [...times(6, 90), 60], ['6: pending → firing', '7: firing → clear']],
    ['a false sample in between begins the time anew', [...times(4, 90), 60, ...times(5, 90)], []],
    ['one missing sample is no gap', [...times(3, 90), null, 90, 90], ['6: pending → firing']],
    [
      'a gap of more than two intervals begins the time anew',
      [...times(4, 90), ...times(3, null), ...times(5, 90)],
      [],
    ],
    [
      'a gap makes what fires stale, not clear',
      [...times(6, 90), ...times(60, null)],
      ['6: pending → firing', '9: firing → stale'],
    ],
    [
      'what is stale fires again at the first true sample',
      [...times(6, 90), ...times(4, null), 90],
      ['6: pending → firing', '9: firing → stale', '11: stale → firing'],
    ],
    [
      'what is stale clears at the first false sample',
      [...times(6, 90), ...times(4, null), 60],
      ['6: pending → firing', '9: firing → stale', '11: stale → clear'],
    ],
    ['exactly at the threshold is not above it', times(10, 70), []],
    [
      'a value that is no number is no sample',
      [...times(6, 90), ...times(4, Number.NaN)],
      ['6: pending → firing', '9: firing → stale'],
    ],
  ])('%s', (_, values, changes) => {
    expect(story(values).changes).toEqual(changes);
  });

  it('without a duration fires at the first true sample', () => {
    expect(story([60, 90], { forMs: 0 }).changes).toEqual(['2: clear → firing']);
  });

  it.each([
    ['>', 71, 70],
    ['>=', 70, 69],
    ['<', 69, 70],
    ['<=', 70, 71],
  ] as const)('%s holds for %d and not for %d', (comparison, holds, holdsNot) => {
    expect(story([holds], { comparison, forMs: 0 }).changes).toEqual(['1: clear → firing']);
    expect(story([holdsNot], { comparison, forMs: 0 }).changes).toEqual([]);
  });

  it('counts the time of samples, not of looking: a batch that comes late fires as it would have', () => {
    const samples = Array.from({ length: 6 }, (_, index) => ({ at: (6 - index) * MINUTE, value: 90 }));
    const { transitions, state } = evaluateCondition(condition, NEW_CONDITION, samples, 7 * MINUTE);
    expect(transitions).toHaveLength(1);
    expect(state).toMatchObject({ status: 'firing', since: 6 * MINUTE, trueSince: MINUTE });
    const again = evaluateCondition(condition, NEW_CONDITION, samples, 7 * MINUTE);
    expect(again.transitions[0]!.id).toBe(transitions[0]!.id);
  });

  it('a sample that was seen before changes nothing', () => {
    const { state } = story(times(3, 90));
    expect(evaluateCondition(condition, state, [{ at: 3 * MINUTE, value: 1 }], 3 * MINUTE).state).toEqual(state);
  });

  it('says what is measured, for how long, and its limit', () => {
    expect(story(times(8, 90)).alerts[0]).toMatchObject({
      title: 'Database CPU is high',
      detail: 'CPU is 90 % for 7 m, limit > 70 %',
      value: 90,
      limit: 70,
      severity: 'warning',
      slo: null,
    });
    const probe = { kind: 'probe', probe: 'duru-notes/api/health', metric: 'failing' } as const;
    const down = story(times(3, 1), { source: probe, comparison: '>=', threshold: 1, unit: '', forMs: MINUTE });
    expect(down.alerts[0]!.detail).toBe('The probe duru-notes/api/health fails for 2 m');
  });

  it('one that is not configured says nothing', () => {
    expect(story(times(9, 90), { notConfigured: 'RDS_URL is not set' }).alerts).toEqual([]);
  });

  it('has its local id as subject', () => {
    expect(conditionIdentity(condition)).toMatchObject({ kind: 'condition', subject: 'cpu-high', service: 'database' });
  });
});

describe('a condition after a restart', () => {
  const firing = story(times(6, 90)).alerts[0]!;

  it('goes on firing without a second proof and without a second transition', () => {
    const state = conditionState(firing, HOUR);
    const { transitions, alerts } = evaluateCondition(
      condition,
      state,
      [{ at: HOUR + MINUTE, value: 90 }],
      HOUR + MINUTE,
    );
    expect([transitions, alerts[0]!.status, alerts[0]!.since]).toEqual([[], 'firing', firing.since]);
  });

  it('right after it fired needs no second proof either', () => {
    const state = conditionState(firing, 7 * MINUTE);
    const { transitions } = evaluateCondition(condition, state, [{ at: 8 * MINUTE, value: 90 }], 8 * MINUTE);
    expect(transitions).toEqual([]);
  });

  it('becomes stale when no sample follows, and clears when a false one does', () => {
    const state = conditionState(firing, HOUR);
    const later = HOUR + 3 * MINUTE;
    expect(evaluateCondition(condition, state, [], later).transitions[0]!.alert.status).toBe('stale');
    const back = evaluateCondition(condition, state, [{ at: later, value: 1 }], later);
    expect(back.transitions.map(({ alert }) => alert.status)).toEqual(['clear']);
  });

  it('a stale one stays stale, and what was pending begins anew', () => {
    const stale = conditionState({ ...firing, status: 'stale' }, HOUR);
    expect(evaluateCondition(condition, stale, [], 2 * HOUR)).toMatchObject({
      transitions: [],
      alerts: [{ status: 'stale' }],
    });
    expect(conditionState({ ...firing, status: 'pending' }, HOUR)).toEqual(NEW_CONDITION);
    expect(conditionState(undefined, HOUR)).toEqual(NEW_CONDITION);
  });
});

describe('whatever the samples', () => {
  it('only a false sample ever clears, and only a true one fires', () => {
    const value = fc.constantFrom(60, 90, 90, 90, null);
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (values) => {
        const because = { clear: 60, firing: 90, stale: null } as Record<string, number | null>;
        for (const change of story(values).changes) {
          const [minute, text] = change.split(': ') as [string, string];
          expect(values[Number(minute) - 1]).toBe(because[text.split(' → ')[1]!]);
        }
      }),
    );
  });
});
