import { HOUR } from '../duration.ts';
import { NO_SUMS, slotStart } from './slot.ts';
import type { Slot, Sums } from './slot.ts';
import type { Span } from './window.ts';

/** Rows of the ledger: the slots of every UTC hour that ended by `closedBy` (now − settle lag), oldest first. */
export const closedHours = (slots: readonly Slot[], closedBy: number): Slot[] => {
  const rows = new Map<number, Slot>();
  for (const slot of slots) {
    const start = slotStart(slot.start, HOUR);
    if (start + HOUR > closedBy) continue;
    const row = rows.get(start);
    if (row === undefined) rows.set(start, { ...slot, start, width: HOUR });
    else {
      row.good += slot.good;
      row.total += slot.total;
      row.covered += slot.covered;
    }
  }
  return [...rows.values()].sort((a, b) => a.start - b.start);
};

const overlap = (slot: Slot, span: Span): number =>
  Math.max(0, Math.min(slot.start + slot.width, span.to) - Math.max(slot.start, span.from)) / slot.width;

/**
 * Sums of `span` from closed `hours` and, where no row stands, from finer `recent` slots; an hour is never counted
 * twice. `recent` holds whole hours: the running one, and those in which the span begins or ends in the middle (local
 * midnights of zones half an hour off, rolling windows). Without finer slots such a row counts by its share.
 */
export const ledgerSums = (hours: readonly Slot[], recent: readonly Slot[], span: Span): Sums => {
  if (hours.length === 0 && recent.length === 0) return NO_SUMS;
  const fine = new Set<number>();
  for (const slot of recent) fine.add(slotStart(slot.start, HOUR));
  const booked = new Set<number>();
  let good = 0;
  let total = 0;
  let covered = 0;
  for (const row of hours) {
    const share = overlap(row, span);
    if (share === 0) continue;
    if (fine.has(row.start)) {
      if (share < 1) continue;
      booked.add(row.start);
    }
    good += share * row.good;
    total += share * row.total;
    covered += share * row.covered;
  }
  for (const slot of recent) {
    if (slot.start < span.from || slot.start >= span.to || booked.has(slotStart(slot.start, HOUR))) continue;
    good += slot.good;
    total += slot.total;
    covered += slot.covered;
  }
  return { good, total, covered: Math.min(covered, span.to - span.from) };
};
