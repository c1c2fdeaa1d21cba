import { DAY, HOUR, MINUTE, SECOND } from '../duration.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';

/**
 * An indicator to make a past for. `intervalMs` is the time between checks; for `events` the mean time between
 * events (8640 = 10,000 a day).
 */
export type HistorySli = {
  id: string;
  kind: 'probe' | 'latency' | 'events' | 'freshness' | 'incident-clock' | 'time-slice' | 'composite' | 'promql';
  objectivePpm: number;
  intervalMs: number;
};
export type HistorySlot = { sli: string; start: number; width: number; good: number; total: number; covered: number };

type Outage = { from: number; to: number };
type Cell = { start: number; end: number; width: number };

// The widths a store keeps for such ages; the look-backs of three days need minutes.
const TEN_SECONDS_SINCE = 6 * HOUR;
const MINUTES_SINCE = 3 * DAY + HOUR;

const hourBefore = (at: number): number => Math.floor(at / HOUR) * HOUR;

/** Seamless slots of [now − days, now), each region beginning on a whole hour; the last is cut off at `now`. */
const cells = (now: number, days: number): Cell[] => {
  const first = hourBefore(now - days * DAY);
  // The hour after, because ten-second slots older than six hours would be deleted at once.
  const fine = Math.max(first, hourBefore(now - TEN_SECONDS_SINCE) + HOUR);
  const middle = Math.min(fine, Math.max(first, hourBefore(now - MINUTES_SINCE)));
  const region = (from: number, to: number, width: number): Cell[] =>
    Array.from({ length: Math.ceil((to - from) / width) }, (_, index) => {
      const start = from + index * width;
      return { start, end: Math.min(start + width, to), width };
    });
  return [...region(first, middle, HOUR), ...region(middle, fine, MINUTE), ...region(fine, now, 10 * SECOND)];
};

/**
 * Two outages, the younger about 9 days old, the older about 19. Each is as long as its age allows: from any instant
 * until `now`, the younger alone takes at most 15 %, both together at most 28 % of the strictest budget.
 */
const outages = (now: number, days: number, share: number, random: Random): Outage[] => {
  const younger = Math.min(9 * DAY, 0.3 * days * DAY) * (0.95 + 0.1 * random());
  const older = Math.min(19 * DAY, 0.65 * days * DAY) * (0.95 + 0.1 * random());
  const short = 0.15 * share * younger;
  const long = 0.28 * share * older - short;
  return [
    { from: now - older, to: now - older + long },
    { from: now - younger, to: now - younger + short },
  ];
};

const overlap = (cell: Cell, outage: Outage): number =>
  Math.max(0, Math.min(cell.end, outage.to) - Math.max(cell.start, outage.from));

/** How many multiples of `every` lie in [from, to). */
const ticks = (from: number, to: number, every: number): number =>
  to <= from ? 0 : Math.ceil(to / every) - Math.ceil(from / every);

/** Busiest at 18:00 UTC, quietest at 06:00, a fifth less on Saturday and Sunday; 1 on the average weekday. */
const busyness = (at: number): number => {
  const weekday = (Math.floor(at / DAY) + 4) % 7;
  return (1 - 0.6 * Math.sin(((at % DAY) / DAY) * 2 * Math.PI)) * (weekday === 0 || weekday === 6 ? 0.8 : 1);
};

/** Everything counted in a cell, and how much of it the outages spoil. */
const count = (
  sli: HistorySli,
  cell: Cell,
  past: readonly Outage[],
  random: Random,
): { total: number; lost: number } => {
  if (sli.kind === 'incident-clock') {
    const ended = past.filter((outage) => outage.to >= cell.start && outage.to < cell.end).length;
    return { total: ended, lost: 0 };
  }
  if (sli.kind === 'events') {
    const mean = ((cell.end - cell.start) / sli.intervalMs) * busyness((cell.start + cell.end) / 2);
    const total = Math.floor(mean * (0.9 + 0.2 * random()) + random());
    const spoiled = past.reduce((sum, outage) => sum + overlap(cell, outage), 0) / (cell.end - cell.start);
    return { total, lost: Math.floor(total * spoiled * 0.7) };
  }
  const lost = past.reduce(
    (sum, { from, to }) => sum + ticks(Math.max(cell.start, from), Math.min(cell.end, to), sli.intervalMs),
    0,
  );
  return { total: ticks(cell.start, cell.end, sli.intervalMs), lost };
};

// Shares of the budget that go bad in everyday life; slow checks come in clumps, a slow minute at a time.
const EVERYDAY: Record<HistorySli['kind'], { share: number; clump: number }> = {
  probe: { share: 0.1, clump: 1 },
  latency: { share: 0.3, clump: 6 },
  events: { share: 0.2, clump: 1 },
  freshness: { share: 0, clump: 1 },
  'incident-clock': { share: 0, clump: 1 },
  'time-slice': { share: 0.2, clump: 1 },
  composite: { share: 0.2, clump: 1 },
  promql: { share: 0.2, clump: 1 },
};

/**
 * Walks back from `now`, and lets something go bad only where all that was counted since pays for it: so no look-back
 * that ends at `now`, however short, burns faster than the everyday share plus what the outages took.
 */
const slotsOf = (sli: HistorySli, grid: readonly Cell[], past: readonly Outage[], random: Random): HistorySlot[] => {
  const { share, clump } = EVERYDAY[sli.kind];
  const perEvent = share * (1 - sli.objectivePpm / 1_000_000);
  let allowance = 0;
  let price = clump * (1 + random());
  const slots: HistorySlot[] = [];
  for (const cell of grid.toReversed()) {
    const { total, lost } = count(sli, cell, past, random);
    allowance += total * perEvent;
    const spent = allowance >= price ? Math.min(Math.floor(allowance), total - lost) : 0;
    if (spent > 0) price = clump * (1 + random());
    allowance -= spent;
    const { start, end, width } = cell;
    slots.push({ sli: sli.id, start, width, good: total - lost - spent, total, covered: end - start });
  }
  return slots.reverse();
};

/**
 * Weeks of believable traffic until exactly `now` (epoch ms), oldest slot first, one indicator after the other: 1 h
 * slots, then 1 m for the last three days, then 10 s for the last hours. Same input, same output. A 99.9 % month has
 * 60–80 % of its budget left when it covers both outages and more when it is younger; nothing burns at `now`.
 */
export const history = (input: {
  now: number;
  days: number;
  seed: number;
  slis: readonly HistorySli[];
}): HistorySlot[] => {
  const { now, days, seed, slis } = input;
  const grid = cells(now, days);
  const strictest = Math.min(0.001, ...slis.map((sli) => 1 - sli.objectivePpm / 1_000_000));
  const past = outages(now, days, strictest, seededRandom(seed, 'outages'));
  return slis.flatMap((sli) => slotsOf(sli, grid, past, seededRandom(seed, sli.id)));
};
