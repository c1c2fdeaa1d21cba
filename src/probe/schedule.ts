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
export type Schedule = {
  /**
   * Replaces all targets. One with the same id and interval keeps its next slot; one with another interval has the slots
   * of that, none of which is one that it had. One in flight stays in flight.
   */
  set(targets: readonly Scheduled[], now: number): void;
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
export const createSchedule = (origin: number): Schedule => {
  const heap = createHeap();
  const inFlight = new Set<string>();
  const stats = { scheduled: 0, taken: 0, missed: { late: 0, pause: 0, overlap: 0 } };
  let targets: readonly Scheduled[] = [];
  // The slot that each target had last, -Infinity before the first.
  let before = new Float64Array(0);
  let places = new Map<string, number>();

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
    const { id, intervalMs } = targets[index] as Scheduled;
    if (!skipLate(index, intervalMs, now)) return null;
    // After skipping, another target may be the first one: this one has its turn later in the loop.
    if (heap.first() !== index) return null;
    const dueAt = heap.keyOf(index);
    heap.replaceFirst(dueAt + intervalMs);
    stats.scheduled++;
    if (inFlight.has(id)) {
      stats.missed.overlap++;
      return null;
    }
    stats.taken++;
    before[index] = dueAt;
    inFlight.add(id);
    return { id, dueAt };
  };

  return {
    set: (wanted, now) => {
      const had = Float64Array.from(wanted, ({ id }) => before[places.get(id) ?? -1] ?? Number.NEGATIVE_INFINITY);
      const due = wanted.map((target, index) => {
        const place = places.get(target.id);
        if (place !== undefined && targets[place]?.intervalMs === target.intervalMs) return heap.keyOf(place);
        const first = firstSlot(target, now, origin);
        // A slot may be taken a little early, and is then still to come for the new interval.
        return first > (had[index] as number) ? first : first + target.intervalMs;
      });
      targets = wanted.map(({ id, intervalMs }) => ({ id, intervalMs }));
      places = new Map(targets.map(({ id }, index) => [id, index]));
      before = had;
      for (const id of inFlight) if (!places.has(id)) inFlight.delete(id);
      heap.fill(due);
    },
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
        const { intervalMs } = targets[heap.first()] as Scheduled;
        const dueAt = heap.keyOf(heap.first());
        const missed = Math.floor((now - dueAt) / intervalMs) + 1;
        stats.scheduled += missed;
        stats.missed.pause += missed;
        heap.replaceFirst(dueAt + missed * intervalMs);
      }
    },
    done: (id) => void inFlight.delete(id),
    stats: () => ({ ...stats, missed: { ...stats.missed } }),
  };
};
