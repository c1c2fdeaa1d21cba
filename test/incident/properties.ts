import * as fc from 'fast-check';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import type { Policy } from '../../src/incident/policy.ts';
import { auditNotifications, auditTimeline } from './audit.ts';
import { histories, live, type Seen } from './history.ts';
import {
  ann,
  createWorld,
  fourLevels,
  mostPagesInAnHour,
  observing,
  pagesOf,
  type Subject,
  type World,
} from './world.ts';

export type Runs = { numRuns: number; seed: number; endOnFailure?: boolean };
type Property = (subject: Subject, runs: Runs) => void;

const must = (condition: boolean, sentence: string): void => {
  if (!condition) throw new Error(sentence);
};

const policies = fc.constantFrom(fourLevels, observing);
const tiers = fc.constantFrom(0, 2);

const watchEach =
  (subject: Subject, world: World) =>
  ({ event, change, replayed }: Seen): void => {
    must(!replayed || change === null || event.type === 'tick', `I8: the replay of ${event.id} changed something`);
    if (world.incidents.length === 0) return;
    const incident = world.incident();
    const isOpen = incident.state !== 'resolved';
    must(isOpen === (incident.nextAt !== null), 'I4: an open incident has a timer, a resolved one has none');
    must(subject.due(incident, world.policy, event.at) === null, 'I5: a due timer was left');
    if (event.type === 'snooze' && change)
      must(event.untilMs - event.at <= DAY + 50 * SECOND, 'I13: snoozed for too long');
    const early = subject.apply(
      incident,
      { id: 'early', at: event.at - 50 * SECOND, type: 'tick' },
      { policy: world.policy, id: 'X', serviceTier: 0 },
    );
    must(early === null, 'I12: a clock that stepped back made something happen');
    const burns = Object.values(incident.alerts).some(({ status }) => status !== 'clear');
    if (burns)
      must(incident.state !== 'clearing' || incident.proved === true, 'a burning or stale alert while clearing');
  };

const audit = (world: World): void => {
  for (const incident of world.incidents)
    auditTimeline(
      incident,
      world.log.entries.filter((entry) => entry.incident === incident.id),
    );
  auditNotifications(
    world.log.notifications,
    (id) => world.incidents.find((incident) => incident.id === id)?.state === 'resolved',
  );
};

/** I1–I4, I6–I8, I10, I12–I14 over any history with replays, late events and clock steps. */
export const holdsItsInvariants: Property = (subject, runs) =>
  fc.assert(
    fc.property(histories({ back: true }), policies, tiers, (history, policy, tier) => {
      const world = createWorld(subject, policy, tier);
      live(world, history, { watch: watchEach(subject, world) });
      for (const incident of world.incidents.slice(0, -1))
        must(incident.state === 'resolved', 'I1: two open incidents');
      audit(world);
    }),
    runs,
  );

const outcome = (world: World): string =>
  JSON.stringify([
    world.incidents.map((incident) => ({ ...incident, applied: [] })),
    world.log.entries,
    world.log.notices,
  ]);

/** I5b: neither the tick period nor a pause of the process changes what happens. */
export const doesNotDependOnTheTickPeriod: Property = (subject, runs) =>
  fc.assert(
    fc.property(
      histories({ back: false }),
      fc.integer({ min: 20 * SECOND, max: 40 * MINUTE }),
      tiers,
      (history, period, tier) => {
        const [paused, ticking] = [createWorld(subject, observing, tier), createWorld(subject, observing, tier)];
        live(paused, history);
        live(ticking, history, { period });
        for (const world of [paused, ticking]) world.wait('2h');
        must(outcome(paused) === outcome(ticking), `I5b: ticks every ${period} ms make a difference`);
      },
    ),
    runs,
  );

/** Calls at once and climbs fast: the hardest to keep within the bound. */
const hasty: Policy = {
  ...fourLevels,
  critical: {
    ...fourLevels.critical,
    levels: fourLevels.critical.levels.map((level, index) => ({ ...level, afterMs: [0, 5, 15][index]! * MINUTE })),
  },
};

const flap = (subject: Subject, policy: Policy, on: number, off: number, acknowledgeAfter: number | null): World => {
  const world = createWorld(subject, policy, 0);
  for (const end = world.now() + Math.min(5 * HOUR, 500 * (on + off)); world.now() < end;) {
    world.fires('page');
    if (acknowledgeAfter !== null && acknowledgeAfter < on) {
      world.wait(acknowledgeAfter);
      world.acknowledges(ann);
      world.wait(on - acknowledgeAfter);
    } else world.wait(on);
    world.clears('page');
    world.wait(off);
  }
  return world;
};

const PERIOD = fc
  .oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 40, max: 700 }))
  .map((seconds) => seconds * SECOND);

/** I11: at most 12 pages in any hour, however it flaps, with or without acknowledgements. */
export const boundsItsPages: Property = (subject, runs) => {
  const check = (policy: Policy, on: number, off: number, acknowledgeAfter: number | null): void => {
    const most = mostPagesInAnHour(flap(subject, policy, on, off, acknowledgeAfter).log.entries);
    must(most <= 12, `I11: ${most} pages in an hour with ${on} ms on, ${off} ms off`);
  };
  fc.assert(fc.property(fc.constantFrom(fourLevels, hasty), PERIOD, PERIOD, fc.option(PERIOD), check), runs);
  const hardest = [
    [398, 104],
    [302, 61],
    [601, 61],
    [65, 61],
    [610, 601],
  ] as const;
  for (const [on, off] of hardest) check(hasty, on * SECOND, off * SECOND, null);
};

/** Liveness: still firing and nobody acts, so the highest allowed level is reached in time and repeats. */
export const reachesTheTop: Property = (subject, runs) =>
  fc.assert(
    fc.property(tiers, fc.boolean(), fc.integer({ min: SECOND, max: 20 * MINUTE }), (tier, executive, period) => {
      const world = createWorld(subject, fourLevels, tier);
      world.fires('page');
      world.wait(3 * MINUTE, period);
      if (executive) world.escalates(true);
      world.wait(3 * HOUR, period);
      const pages = world.pages().map((page) => page.replace(/: .*/, ''));
      const first = executive ? '3m L3 paged' : '10m L3 paged';
      const allowed = tier === 0 || executive;
      const then = allowed ? ['30m L4 paged', '60m L4 paged again'] : ['40m L3 paged again', '70m L3 paged again'];
      must(pages.slice(0, 4).join() === ['2m L2 paged', first, ...then].join(), `liveness: ${pages.join()}`);
    }),
    { ...runs, numRuns: Math.ceil(runs.numRuns / 5) },
  );

/** One outage, one incident: further alerts page nobody, growth from warning to critical pages exactly once. */
export const pagesOnceForGrowth: Property = (subject, runs) =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('page', 'page-slow', 'ticket'), { maxLength: 8 }),
      fc.boolean(),
      (names, acknowledged) => {
        const world = createWorld(subject, fourLevels, 0);
        world.fires('ticket', 'warning');
        world.wait(3 * MINUTE);
        if (acknowledged) world.acknowledges();
        for (const name of names) world.fires(name, name === 'ticket' ? 'warning' : 'critical');
        const grows = names.some((name) => name !== 'ticket');
        const pages = pagesOf(world.log.entries).length;
        must(world.incidents.length === 1, 'one outage became two incidents');
        must(pages === (grows ? 2 : 1), `growth: ${pages} pages`);
      },
    ),
    { ...runs, numRuns: Math.ceil(runs.numRuns / 5) },
  );

/** A pause of the fire only pauses the ladder: the next page comes later by exactly the time that was clear. */
export const keepsTheRestOfTheWait: Property = (subject, runs) =>
  fc.assert(
    fc.property(fc.integer({ min: 130, max: 590 }), fc.integer({ min: 1, max: 59 }), (at, clear) => {
      const world = createWorld(subject, fourLevels, 0);
      world.fires('page');
      world.wait(at * SECOND);
      world.clears('page');
      world.wait(clear * SECOND);
      world.fires('page');
      world.wait(10 * MINUTE);
      const l3 = pagesOf(world.log.entries).find(({ level }) => level === 3);
      must(
        l3 !== undefined && l3.at === world.log.entries[0]!.at + (600 + clear) * SECOND,
        'the rest of the wait was lost',
      );
    }),
    { ...runs, numRuns: Math.ceil(runs.numRuns / 5) },
  );

/** Fires again after it was resolved: the same incident within the window, a new one later. */
export const reopensWithinItsWindow: Property = (subject, runs) =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: HOUR }), fc.boolean(), (later, byPerson) => {
      const world = createWorld(subject, fourLevels, 0);
      world.fires('page');
      world.wait(3 * MINUTE);
      if (byPerson) world.resolves();
      world.clears('page');
      if (!byPerson) world.wait(MINUTE);
      world.wait(later);
      world.fires('page');
      const expected = later <= 30 * MINUTE ? ['I1', 2, 2] : ['I2', 1, null];
      const { id, episode, level } = world.incident();
      must([id, episode, level].join() === expected.join(), `after ${later} ms: ${id} episode ${episode}`);
    }),
    { ...runs, numRuns: Math.ceil(runs.numRuns / 5) },
  );

/** Stale or firing, only a judged clear and its hold end an incident that no person ends. */
export const absenceIsNotRecovery: Property = (subject, runs) =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 * HOUR }), fc.integer({ min: 0, max: 59 }), (stale, early) => {
      const world = createWorld(subject, fourLevels, 0);
      world.fires('page');
      world.goesStale('page');
      world.wait(stale);
      must(world.incident().state === 'triggered', 'stale counted as clear');
      world.clears('page');
      world.wait(early * SECOND);
      must(world.incident().state === 'clearing', 'resolved before its hold');
      world.wait(MINUTE - early * SECOND);
      must(world.incident().state === 'resolved', 'not resolved after its hold');
    }),
    { ...runs, numRuns: Math.ceil(runs.numRuns / 5) },
  );

export const PROPERTIES: Record<string, Property> = {
  holdsItsInvariants,
  doesNotDependOnTheTickPeriod,
  reachesTheTop,
  pagesOnceForGrowth,
  keepsTheRestOfTheWait,
  reopensWithinItsWindow,
  absenceIsNotRecovery,
  // The dearest comes last: most slips are noticed before.
  boundsItsPages,
};
