/**
 * One stored sum of an indicator over [start, start + width), in epoch ms.
 * `covered` is how many ms of it are backed by data, so that no traffic (covered, total 0) is told from no data
 * (not covered), and a probe every 60 s covers its minute whatever the slot width.
 */
export type Slot = { start: number; width: number; good: number; total: number; covered: number };

/** Slots added up over a look-back or a window. `covered` never exceeds the span that was asked for. */
export type Sums = { good: number; total: number; covered: number };

export const NO_SUMS: Sums = { good: 0, total: 0, covered: 0 };

export const slotStart = (at: number, width: number): number => Math.floor(at / width) * width;
