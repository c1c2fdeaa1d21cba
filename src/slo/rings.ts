import { DAY, HOUR, MINUTE, SECOND } from '../duration.ts';
import { NO_SUMS } from './slot.ts';
import type { Slot, Sums } from './slot.ts';
import { share } from './spread.ts';

export type RingLevel = { width: number; slots: number };

/** Room for 1 h at 10 s, 6 h at 1 m and 3 d at 5 m, and a little for data that comes late or is judged late. */
export const RING_LEVELS: readonly RingLevel[] = [
  { width: 10 * SECOND, slots: HOUR / (10 * SECOND) + 6 },
  { width: MINUTE, slots: (6 * HOUR) / MINUTE + 6 },
  { width: 5 * MINUTE, slots: (3 * DAY) / (5 * MINUTE) + 12 },
];

/** The newest slots of one SLI in memory, at several widths, for look-backs that end about now. */
export type Rings = {
  /**
   * Accumulates: good, total and covered are added at every level that still holds the slot's start, late or not. A
   * slot wider than a level lies there at its start; one that is not made of numbers is ignored. The caller refuses slots of the future: they push the past out.
   */
  add: (slot: Slot) => void;
  /** Accumulates a slot as if it had come in pieces as fine as the finest level, all alike. */
  addEvenly: (slot: Slot) => void;
  /** Puts a revised slot in place of what was added for its span. False when that is no longer known: rebuild then. */
  replace: (slot: Slot) => boolean;
  /**
   * What lies in (now − lookbackMs, now], to within one slot of the finest level that holds the look-back; the running
   * slot counts. `covered` is at most the look-back. The result must not be changed.
   */
  sums: (lookbackMs: number, now: number) => Sums;
  /** End of the newest slot with data (covered or traffic); null when there was none. Up to one slot after now. */
  lastDataAt: () => number | null;
  /** End of the newest slot with traffic. */
  lastTrafficAt: () => number | null;
};

type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const KINDS = [Uint8Array, Uint16Array, Uint32Array, Float64Array] as const;

/** Writes exactly, in the narrowest kind of array that holds every value so far. */
const put = (column: Column, index: number, value: number): Column => {
  column[index] = value;
  if (column[index] === value) return column;
  const wider = new KINDS[((KINDS as readonly unknown[]).indexOf(column.constructor) + 1) as 1 | 2 | 3](column);
  return put(wider, index, value);
};

type Level = {
  width: number;
  slots: number;
  /** Number of the newest slot: its start ÷ width. −1 = nothing yet. */
  newest: number;
  bad: Column;
  total: Column;
  covered: Column;
};

/** The running sum of a look-back: slots (last − count, last] of its level. `last` −1 = never added up. */
type Running = {
  lookback: number;
  level: Level | null;
  last: number;
  count: number;
  bad: number;
  total: number;
  covered: number;
  answer: Sums;
};

/** One NaN would stay in a look-back for days. */
const usable = ({ start, good, total, covered }: Slot): boolean =>
  start >= 0 && Number.isFinite(good + total + covered);

const createLevel = ({ width, slots }: RingLevel): Level => ({
  width,
  slots,
  newest: -1,
  bad: new Uint8Array(slots),
  total: new Uint8Array(slots),
  covered: new Uint8Array(slots),
});

/** Sums of fractions drift when values are added and taken away again: those are always added up anew. */
const whole = (level: Level): boolean =>
  !(level.bad instanceof Float64Array || level.total instanceof Float64Array || level.covered instanceof Float64Array);

const holds = (level: Level, slot: number): boolean => slot > level.newest - level.slots;

/** Makes `slot` the newest, and everything skipped on the way empty. */
const advance = (level: Level, slot: number): void => {
  const first = level.newest < 0 ? slot : Math.max(level.newest + 1, slot - level.slots + 1);
  for (let empty = first; empty <= slot; empty++) {
    const index = empty % level.slots;
    level.bad[index] = 0;
    level.total[index] = 0;
    level.covered[index] = 0;
  }
  level.newest = slot;
};

const accumulate = (
  level: Level,
  running: Running[],
  slot: number,
  bad: number,
  total: number,
  covered: number,
): void => {
  if (slot > level.newest) advance(level, slot);
  else if (!holds(level, slot)) return;
  const index = slot % level.slots;
  level.bad = put(level.bad, index, Math.max(0, level.bad[index]! + bad));
  level.total = put(level.total, index, Math.max(0, level.total[index]! + total));
  level.covered = put(level.covered, index, Math.max(0, level.covered[index]! + covered));
  for (const sum of running) {
    if (sum.level !== level || slot > sum.last || slot <= sum.last - sum.count) continue;
    sum.bad += bad;
    sum.total += total;
    sum.covered += covered;
  }
};

const include = (sum: Running, level: Level, from: number, to: number, sign: 1 | -1): void => {
  const first = Math.max(from, level.newest - level.slots + 1, 0);
  const last = Math.min(to, level.newest);
  for (let slot = first; slot <= last; slot++) {
    const index = slot % level.slots;
    sum.bad += sign * level.bad[index]!;
    sum.total += sign * level.total[index]!;
    sum.covered += sign * level.covered[index]!;
  }
};

/** Moves the running sum to end with slot `last`, by what entered and left where both are still known. */
const move = (sum: Running, level: Level, last: number): void => {
  const known = sum.level === level && sum.last >= 0 && sum.last <= last && last - sum.last < sum.count;
  if (known && last === sum.last) return;
  if (known && whole(level) && holds(level, sum.last - sum.count + 1)) {
    include(sum, level, sum.last - sum.count + 1, last - sum.count, -1);
    include(sum, level, sum.last + 1, last, 1);
  } else {
    sum.level = level;
    sum.count = Math.ceil(sum.lookback / level.width);
    sum.bad = 0;
    sum.total = 0;
    sum.covered = 0;
    include(sum, level, last - sum.count + 1, last, 1);
  }
  sum.last = last;
};

const lastSlot = (level: Level, now: number): number => Math.ceil(now / level.width) - 1;

const levelFor = (levels: readonly Level[], lookback: number, now: number): Level => {
  for (const level of levels) {
    const count = Math.ceil(lookback / level.width);
    if (count <= level.slots && holds(level, lastSlot(level, now) - count + 1)) return level;
  }
  return levels.at(-1)!;
};

const remembered = (running: Running[], lookback: number): Running => {
  for (const sum of running) if (sum.lookback === lookback) return sum;
  const sum = { lookback, level: null, last: -1, count: 0, bad: 0, total: 0, covered: 0, answer: NO_SUMS };
  running.push(sum);
  return sum;
};

/** The same object as before while nothing changed: a quiet tick allocates nothing. */
const answer = (sum: Running): Sums => {
  const covered = Math.min(sum.covered, sum.lookback);
  const { answer } = sum;
  if (answer.total !== sum.total || answer.good !== sum.total - sum.bad || answer.covered !== covered)
    sum.answer = { good: sum.total - sum.bad, total: sum.total, covered };
  return sum.answer;
};

/** What is stored for the span of `slot` at `level`. */
const stored = (level: Level, slot: Slot): { bad: number; total: number; covered: number } => {
  const first = Math.floor(slot.start / level.width);
  const sum = { lookback: 0, level, last: 0, count: 0, bad: 0, total: 0, covered: 0, answer: NO_SUMS };
  include(sum, level, first, first + Math.ceil(slot.width / level.width) - 1, 1);
  return sum;
};

const clear = (level: Level, running: Running[], slot: Slot): void => {
  const first = Math.floor(slot.start / level.width);
  const last = Math.min(level.newest, first + Math.ceil(slot.width / level.width) - 1);
  for (let number = first; number <= last; number++) {
    if (!holds(level, number)) continue;
    const index = number % level.slots;
    accumulate(level, running, number, -level.bad[index]!, -level.total[index]!, -level.covered[index]!);
  }
};

/** Rings of one SLI, finest level first; each level's width divides the next one's. */
export const createRings = (shape: readonly RingLevel[] = RING_LEVELS): Rings => {
  const levels = shape.map(createLevel);
  const running: Running[] = [];
  let dataAt: number | null = null;
  let trafficAt: number | null = null;

  const note = (slot: Slot): void => {
    const end = slot.start + slot.width;
    if ((slot.covered > 0 || slot.total > 0) && (dataAt === null || end > dataAt)) dataAt = end;
    if (slot.total > 0 && (trafficAt === null || end > trafficAt)) trafficAt = end;
  };

  const add = (slot: Slot): void => {
    if (!usable(slot)) return;
    const bad = Math.max(0, slot.total - slot.good);
    for (const level of levels)
      accumulate(level, running, Math.floor(slot.start / level.width), bad, slot.total, slot.covered);
    note(slot);
  };

  const addEvenly = (slot: Slot): void => {
    if (!usable(slot)) return;
    const bad = Math.max(0, slot.total - slot.good);
    for (const level of levels) {
      const first = Math.floor(slot.start / level.width);
      const pieces = Math.max(1, Math.ceil(slot.width / level.width));
      // Newest first: room is made once, and what is too old ends it.
      for (let at = pieces - 1; at >= 0 && holds(level, first + at); at--)
        accumulate(
          level,
          running,
          first + at,
          share(bad, at, pieces),
          share(slot.total, at, pieces),
          share(slot.covered, at, pieces),
        );
    }
    note(slot);
  };

  const replace = (slot: Slot): boolean => {
    const source = levels.find(
      (level) => level.width <= slot.width && holds(level, Math.floor(slot.start / level.width)),
    );
    if (source === undefined || !usable(slot)) return false;
    const before = stored(source, slot);
    const bad = Math.max(0, slot.total - slot.good);
    for (const level of levels) {
      const first = Math.floor(slot.start / level.width);
      if (level.width <= slot.width) {
        clear(level, running, slot);
        accumulate(level, running, first, bad, slot.total, slot.covered);
      } else {
        const { total, covered } = before;
        accumulate(level, running, first, bad - before.bad, slot.total - total, slot.covered - covered);
      }
    }
    note(slot);
    return true;
  };

  const sums = (lookbackMs: number, now: number): Sums => {
    const level = levelFor(levels, lookbackMs, now);
    if (level.newest < 0) return NO_SUMS;
    const sum = remembered(running, lookbackMs);
    move(sum, level, lastSlot(level, now));
    return answer(sum);
  };

  return { add, addEvenly, replace, sums, lastDataAt: () => dataAt, lastTrafficAt: () => trafficAt };
};
