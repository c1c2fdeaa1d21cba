import fc from 'fast-check';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { createWindows, type Windows } from '../../src/engine/windows.ts';
import { METRICS } from '../../src/names.ts';
import type { Slo } from '../../src/slo/slo.ts';
import { sloLabels } from '../../src/generate/series.ts';
import { SCRAPE } from './lived.ts';
import type { PastSeries, Point } from './past.ts';

/** The width of a slot that a source brings. */
const SLOT = 10 * SECOND;

/** Something that goes wrong for a while: from and for how long (ms), and the share of events that are bad; 2 = silence. */
export type Trouble = { from: number; lasts: number; share: number };
export type RandomLife = { perSlot: number; everyday: number; troubles: readonly Trouble[] };

/** A life of `days` days: busy or hardly used, with up to six troubles of all lengths. */
export const aLife = (days: number): fc.Arbitrary<RandomLife> =>
  fc.record({
    perSlot: fc.constantFrom(1, 3, 40, 1_000),
    everyday: fc.constantFrom(0, 0, 0.0002),
    troubles: fc.array(
      fc.record({
        from: fc.integer({ min: 0, max: (days * DAY) / MINUTE }).map((minutes) => minutes * MINUTE),
        lasts: fc.constantFrom(1, 4, 10, 40, 180, 900).map((minutes) => minutes * MINUTE),
        share: fc.constantFrom(0.002, 0.01, 0.05, 0.5, 1, 2),
      }),
      { maxLength: 6 },
    ),
  });

/** Bad events are spread by carrying what is left of one, so that a share is kept without chance. */
const slotsOf = function* (life: RandomLife, from: number, to: number) {
  let carried = 0;
  for (let start = from; start < to; start += SLOT) {
    const trouble = life.troubles.findLast((one) => start >= from + one.from && start < from + one.from + one.lasts);
    if (trouble?.share === 2) continue;
    // Day and night: five times as much at noon as at midnight.
    const busy =
      life.perSlot < 10
        ? life.perSlot
        : Math.round(life.perSlot * (0.6 - 0.4 * Math.cos(((start % DAY) / DAY) * 2 * Math.PI)));
    carried += busy * (trouble?.share ?? life.everyday);
    const bad = Math.min(busy, Math.floor(carried));
    carried -= bad;
    yield { start, width: SLOT, good: busy - bad, total: busy, covered: SLOT };
  }
};

/** What a Prometheus scrapes of it, and at each scrape what the evaluator would look at. */
export const lifeOf = (
  slo: Slo,
  life: RandomLife,
  from: number,
  to: number,
  look: (windows: Windows, at: number) => void,
): PastSeries[] => {
  const windows = createWindows();
  const slots = slotsOf(life, from, to);
  let next = slots.next();
  let [events, bad, last] = [0, 0, 0];
  const points: Record<'events' | 'bad' | 'last', Point[]> = { events: [], bad: [], last: [] };
  for (let at = from + SCRAPE; at <= to; at += SCRAPE) {
    // A slot is known when it is over.
    while (!next.done && next.value.start + SLOT <= at) {
      const slot = next.value;
      windows.add(slo.id, slot);
      events += slot.total;
      bad += slot.total - slot.good;
      last = slot.start + SLOT;
      next = slots.next();
    }
    points.events.push([at, events]);
    points.bad.push([at, bad]);
    if (last > 0) points.last.push([at, last / 1_000]);
    look(windows, at);
  }
  const labels = sloLabels(slo);
  return [
    { name: METRICS.sliEvents, labels, points: points.events },
    { name: METRICS.sliBad, labels, points: points.bad },
    { name: METRICS.sliLastData, labels, points: points.last },
    { name: METRICS.sloConfigured, labels, points: points.events.map(([at]): Point => [at, 1]) },
  ];
};

export const LONGEST = 3 * DAY + 12 * HOUR;
