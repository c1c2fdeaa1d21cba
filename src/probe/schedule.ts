import { hashOf } from './hash.ts';
import { createHeap } from './heap.ts';

/** One start that is due. `dueAt` is on the caller's monotonic clock, ms. */
export type Slot = { id: string; dueAt: number };
export type Scheduled = { id: string; intervalMs: number };

/** Slots so far: all, taken, and missed because they were too late, lay in a pause, or the check before still ran. */
export type ScheduleStats = {
  scheduled: number;
  taken: number;
  missed: { late: number; pause: number; overlap: number };
};

/**
 * When each target is due. Every target has the slots `phase + k x interval` since the epoch, and its phase is the
 * hash of its id, so that checks are spread evenly, never start together, and keep their place over restarts.
 */
export type Schedule<T extends Scheduled = Scheduled> = {
  /**
   * Replaces all targets. One with the same id and interval keeps its next slot; one with another interval has the slots
   * of that, none of which is one that it had. One in flight stays in flight.
   */
  set(targets: readonly T[], now: number): void;
  /** The same bit by bit, since all of a fleet at once would hold up the loop; the last one begun counts. */
  begin(): Staged<T>;
  find(id: string): T | undefined;
  /** When the next slot is due; null without targets. */
  next(): number | null;
  /** Slots due at `now`, at most `limit`. Their targets are in flight until `done`. */
  take(now: number, limit?: number): Slot[];
  /** Nothing ran up to `now`: its slots are missed, or all of them would start together. */
  pause(now: number): void;
  /** The check of this target ended. */
  done(id: string): void;
  stats(): ScheduleStats;
};

/** Targets that come bit by bit and replace all others at once when the last is there. */
export type Staged<T> = {
  add(target: T, now: number): void;
  /** False: another one was begun since, and nothing happened. */
  apply(now: number): boolean;
};

const MAX_LATE_MS = 1_000;

/** A start that is later than this says nothing about its slot any more. */
export const toleranceOf = (intervalMs: number): number => Math.min(intervalMs / 2, MAX_LATE_MS);

/** First slot of a target at or after `now`; `origin` is epoch ms minus monotonic ms. */
const firstSlot = ({ id, intervalMs }: Scheduled, now: number, origin: number): number => {
  const phase = Math.floor(hashOf(id) * intervalMs);
  const slots = Math.ceil((now + origin - phase) / intervalMs);
  return phase + slots * intervalMs - origin;
};

/** `origin` is epoch ms minus monotonic ms, taken once: a stepping wall clock moves no slot. */
export const createSchedule = <T extends Scheduled = Scheduled>(origin: number): Schedule<T> => {
  const heap = createHeap();
  const stats = { scheduled: 0, taken: 0, missed: { late: 0, pause: 0, overlap: 0 } };
  let targets: readonly T[] = [];
  // The slot that each target had last, -Infinity before the first.
  let before = new Float64Array(0);
  let inFlight = new Uint8Array(0);
  let places = new Map<string, number>();
  let begun = 0;

  // Skips the slots that are too late to say anything about their instant; true when one is left that is due.
  const skipLate = (index: number, intervalMs: number, now: number): boolean => {
    const dueAt = heap.keyOf(index);
    const late = Math.max(0, Math.ceil((now - toleranceOf(intervalMs) - dueAt) / intervalMs));
    stats.scheduled += late;
    stats.missed.late += late;
    heap.replaceFirst(dueAt + late * intervalMs);
    return late === 0 || dueAt + late * intervalMs <= now;
  };

  const takeFirst = (now: number): Slot | null => {
    const index = heap.first();
    const { id, intervalMs } = targets[index] as T;
    if (!skipLate(index, intervalMs, now)) return null;
    // After skipping, another target may be the first one: this one has its turn later in the loop.
    if (heap.first() !== index) return null;
    const dueAt = heap.keyOf(index);
    heap.replaceFirst(dueAt + intervalMs);
    stats.scheduled++;
    if (inFlight[index]) {
      stats.missed.overlap++;
      return null;
    }
    stats.taken++;
    before[index] = dueAt;
    inFlight[index] = 1;
    return { id, dueAt };
  };

  const begin = (): Staged<T> => {
    const mine = ++begun;
    const wanted: T[] = [];
    const wantedPlaces = new Map<string, number>();
    // Where each stands now, -1 = nowhere; and its first slot from when it came, NaN = it keeps the one that it has.
    const from: number[] = [];
    const firsts: number[] = [];

    const keyOf = (index: number, hadAt: number, now: number): number => {
      const first = firsts[index] as number;
      if (Number.isNaN(first)) return heap.keyOf(from[index] as number);
      const { intervalMs } = wanted[index] as T;
      const next = first + Math.max(0, Math.ceil((now - first) / intervalMs)) * intervalMs;
      // A slot may be taken a little early, and is then still to come for the new interval.
      return next > hadAt ? next : next + intervalMs;
    };

    return {
      add: (target, now) => {
        const place = places.get(target.id) ?? -1;
        wantedPlaces.set(target.id, wanted.push(target) - 1);
        from.push(place);
        firsts.push(targets[place]?.intervalMs === target.intervalMs ? Number.NaN : firstSlot(target, now, origin));
      },
      apply: (now) => {
        if (mine !== begun) return false;
        const had = new Float64Array(wanted.length);
        const due = new Float64Array(wanted.length);
        const flying = new Uint8Array(wanted.length);
        for (let index = 0; index < wanted.length; index++) {
          const hadAt = before[from[index] as number] ?? Number.NEGATIVE_INFINITY;
          had[index] = hadAt;
          flying[index] = inFlight[from[index] as number] ?? 0;
          due[index] = keyOf(index, hadAt, now);
        }
        targets = wanted;
        places = wantedPlaces;
        before = had;
        inFlight = flying;
        heap.hold(due);
        begun++;
        return true;
      },
    };
  };

  return {
    begin,
    set: (wanted, now) => {
      const staged = begin();
      for (const target of wanted) staged.add(target, now);
      staged.apply(now);
    },
    find: (id) => targets[places.get(id) ?? -1],
    next: () => (targets.length === 0 ? null : heap.keyOf(heap.first())),
    take: (now, limit = Infinity) => {
      const slots: Slot[] = [];
      while (slots.length < limit && targets.length > 0 && heap.keyOf(heap.first()) <= now) {
        const slot = takeFirst(now);
        if (slot) slots.push(slot);
      }
      return slots;
    },
    pause: (now) => {
      while (targets.length > 0 && heap.keyOf(heap.first()) <= now) {
        const { intervalMs } = targets[heap.first()] as T;
        const dueAt = heap.keyOf(heap.first());
        const missed = Math.floor((now - dueAt) / intervalMs) + 1;
        stats.scheduled += missed;
        stats.missed.pause += missed;
        heap.replaceFirst(dueAt + missed * intervalMs);
      }
    },
    done: (id) => {
      const place = places.get(id);
      if (place !== undefined) inFlight[place] = 0;
    },
    stats: () => ({ ...stats, missed: { ...stats.missed } }),
  };
};
