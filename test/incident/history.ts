import * as fc from 'fast-check';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import type { Change, IncidentEvent } from '../../src/incident/incident.ts';
import { alertOf, ann, bob, type World } from './world.ts';

/** One thing that happens `afterMs` after the thing before it; `back` = the wall clock has stepped back 50 s for it. */
export type Happening = { afterMs: number; back: boolean } & (
  | { do: 'fire' | 'clear' | 'stale'; alert: 'page' | 'ticket' | 'noise' }
  | { do: 'tick' | 'unacknowledge' | 'resolve' | 'note' }
  | { do: 'acknowledge'; by: 'ann' | 'bob'; episode: number | null }
  | { do: 'snooze'; forMs: number }
  | { do: 'escalate'; executive: boolean }
  | { do: 'samples'; recovered: boolean }
  | { do: 'lose'; climb: boolean }
  | { do: 'replay'; which: number }
);

const SEVERITIES = { page: 'critical', ticket: 'warning', noise: 'info' } as const;

const pause = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 90 * SECOND }) },
  { weight: 4, arbitrary: fc.integer({ min: MINUTE, max: 15 * MINUTE }) },
  { weight: 1, arbitrary: fc.integer({ min: 15 * MINUTE, max: 3 * HOUR }) },
);
const alert = fc.oneof(
  { weight: 4, arbitrary: fc.constant('page' as const) },
  { weight: 3, arbitrary: fc.constant('ticket' as const) },
  { weight: 1, arbitrary: fc.constant('noise' as const) },
);

const snoozeMs = fc.oneof(fc.integer({ min: -MINUTE, max: 2 * HOUR }), fc.constantFrom(DAY, DAY + MINUTE, 7 * DAY));

const deed = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('fire' as const), alert }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('clear' as const), alert }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stale' as const), alert }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('acknowledge' as const),
      by: fc.constantFrom('ann' as const, 'bob' as const),
      episode: fc.option(fc.integer({ min: 1, max: 3 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('unacknowledge' as const, 'resolve' as const, 'note' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('snooze' as const), forMs: snoozeMs }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('escalate' as const), executive: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('samples' as const), recovered: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), climb: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), which: fc.nat(60) }) },
);

export const histories = (options: { back: boolean }): fc.Arbitrary<Happening[]> =>
  fc.array(
    fc
      .tuple(pause, options.back ? fc.integer({ min: 0, max: 9 }).map((n) => n === 0) : fc.constant(false), deed)
      .map(([afterMs, back, what]) => Object.assign({ afterMs, back }, what)),
    { minLength: 1, maxLength: 50 },
  );

const eventOf = (happening: Happening, id: string, at: number): IncidentEvent => {
  switch (happening.do) {
    case 'fire':
    case 'clear':
    case 'stale': {
      const status = ({ fire: 'firing', clear: 'clear', stale: 'stale' } as const)[happening.do];
      return { id, at, type: 'alert', alert: alertOf(happening.alert, status, at, SEVERITIES[happening.alert]) };
    }
    case 'acknowledge': {
      const episode = happening.episode === null ? {} : { episode: happening.episode };
      return { id, at, type: 'acknowledge', by: happening.by === 'ann' ? ann : bob, ...episode };
    }
    case 'snooze':
      return { id, at, type: 'snooze', by: ann, untilMs: at + happening.forMs };
    case 'escalate':
      return { id, at, type: 'escalate', by: ann, executive: happening.executive };
    case 'samples':
      return { id, at, type: 'samples', recovered: happening.recovered };
    case 'lose':
      return { id, at, type: 'undelivered', channel: 'slack-oncall', reason: 'no answer', climb: happening.climb };
    case 'note':
      return { id, at, type: 'note', by: bob, text: 'looking' };
    case 'tick':
    case 'unacknowledge':
    case 'resolve':
      return { id, at, type: happening.do, by: ann };
    case 'replay':
      throw new Error('a replay has no event of its own');
  }
};

export type Seen = { event: IncidentEvent; change: Change | null; replayed: boolean };

/** Lives through a history; `period` = how often it ticks meanwhile; `watch` sees every event with its outcome. */
export const live = (
  world: World,
  history: readonly Happening[],
  options: { period?: number; watch?: (seen: Seen) => void } = {},
): void => {
  const applied: IncidentEvent[] = [];
  const send = (event: IncidentEvent, replayed: boolean): void => {
    const answer = world.send(event);
    const change = answer && !('refused' in answer) ? answer : null;
    if (change && event.type !== 'tick') applied.push(event);
    options.watch?.({ event, change, replayed });
  };
  history.forEach((happening, index) => {
    if (options.period) world.wait(happening.afterMs, options.period);
    else world.jump(happening.afterMs);
    const at = world.now() - (happening.back ? 50 * SECOND : 0);
    // As the engine does: the clock first, then what is new.
    send({ id: `t${index}`, at, type: 'tick' }, false);
    const old =
      happening.do === 'replay'
        ? applied.slice(-190).at(happening.which % Math.max(1, Math.min(190, applied.length)))
        : undefined;
    if (old) send(old, true);
    else if (happening.do !== 'replay') send(eventOf(happening, `h${index}`, at), false);
  });
};
