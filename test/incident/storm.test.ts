import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transitionTo } from '../../src/alert/alert.ts';
import { HOUR, MINUTE } from '../../src/duration.ts';
import { briefly } from '../../src/incident/fold.ts';
import type { Change, Incident } from '../../src/incident/incident.ts';
import type { AlertEvent } from '../../src/incident/opening.ts';
import { apply, applyAll } from '../../src/incident/reducer.ts';
import { alertOf, fourLevels, T0 } from './world.ts';

const CONTEXT = { policy: fourLevels, serviceTier: 0 };

type Said = readonly [name: string, status: 'firing' | 'stale' | 'clear', severity: 'critical' | 'warning' | 'info'];
const said: fc.Arbitrary<Said> = fc.tuple(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.constantFrom('firing', 'stale', 'clear'),
  fc.constantFrom('critical', 'warning', 'info'),
);

const eventOf = ([name, status, severity]: Said, at: number, index: number): AlertEvent => {
  const alert = { ...alertOf(name, status, at), severity };
  return { ...transitionTo(alert, 'clear', at), id: `${at}:${index}`, type: 'alert' };
};

const ids = () => {
  let count = 0;
  return (): string => `incident-${++count}`;
};

/** What one alert at a time makes of it: incidents by id, and all lines. */
const oneByOne = (incident: Incident | undefined, events: readonly AlertEvent[]) => {
  const incidents = new Map<string, Incident>();
  const entries: Change['entries'][number][] = [];
  const notices: Change['notices'][number][] = [];
  let latest = incident;
  for (const event of events) {
    const change = apply(latest, event, { ...CONTEXT, id: `new-${event.id}` });
    if (change === null || 'refused' in change) continue;
    latest = change.incident;
    incidents.set(latest.id, latest);
    entries.push(...change.entries);
    notices.push(...change.notices);
  }
  return { incidents: [...incidents.values()], entries, notices };
};

/** Ids of new incidents are of no interest. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/"(new|incident)-[^"/]*/g, '"new'));

describe('many alerts at once', () => {
  it('make of an incident what they make of it one by one', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(said, fc.integer({ min: 0, max: 2 * HOUR })), { maxLength: 6 }),
        fc.boolean(),
        fc.array(said, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: HOUR }),
        (earlier, isResolved, batch, pause) => {
          let at = T0;
          let incident: Incident | undefined;
          earlier.forEach(([one, after], index) => {
            at += after;
            const change = apply(incident, eventOf(one, at, index), { ...CONTEXT, id: `old-${index}` });
            if (change !== null && !('refused' in change)) incident = change.incident;
          });
          if (isResolved && incident) {
            const by = { name: 'Ann', door: 'page' as const };
            const change = apply(incident, { id: 'r', at, type: 'resolve', by }, { ...CONTEXT, id: 'x' });
            if (change !== null && !('refused' in change)) incident = change.incident;
          }
          at += pause;
          const events = batch.map((one, index) => eventOf(one, at, index + 100));
          const before = JSON.stringify(incident);
          const changes = applyAll(incident, events, CONTEXT, ids());
          const together = {
            incidents: changes.map((change) => change.incident),
            entries: changes.flatMap(({ entries }) => entries),
            notices: changes.flatMap(({ notices }) => notices),
          };
          expect(plain(together)).toEqual(plain(oneByOne(incident, events)));
          expect(JSON.stringify(incident)).toBe(before);
        },
      ),
      { numRuns: 500 },
    ));

  it('are told in six lines, and written in all', () => {
    const [opening] = applyAll(undefined, [eventOf(['a', 'firing', 'critical'], T0, 0)], CONTEXT, ids());
    const events = Array.from({ length: 1_000 }, (_, index) =>
      eventOf([`more ${index}`, 'firing', 'critical'], T0 + MINUTE, index + 1),
    );
    const [change] = applyAll(opening?.incident, events, CONTEXT, ids());
    const told = briefly(change!);
    expect(told.notices.map((notice) => ('text' in notice ? notice.text : ''))).toEqual([
      ...[0, 1, 2, 3, 4].map((index) => `Also firing: more ${index} burns`),
      "and 995 more changes; the incident's page lists them",
    ]);
    expect(told.entries).toHaveLength(1_000);
  });
});
