import { DAY, HOUR, MINUTE, SECOND } from '../duration.ts';
import { NinesError } from '../errors.ts';
import { slotStart } from '../slo/slot.ts';
import { inserting } from './many.ts';
import type { SeriesNames } from './series-names.ts';
import type { Statement } from './sql.ts';
import type { SliSlot } from './store.ts';

export const FINE = 10 * SECOND;
/** The widths that are stored, finest first; each is a whole number of the one before. */
export const WIDTHS: readonly number[] = [FINE, MINUTE, HOUR, DAY];

const coarserThan = (width: number): number | undefined => WIDTHS[WIDTHS.indexOf(width) + 1];

/** Throws `internal` for a slot that could not be stored or rolled up. */
export const checkSlot = ({ sli, start, width, good, total, covered }: SliSlot): void => {
  if (!WIDTHS.includes(width) || start !== slotStart(start, width))
    throw new NinesError(
      'internal',
      `A slot of ${sli} has width ${width} and start ${start}: widths are ${WIDTHS.join(', ')} ms, starts whole multiples.`,
    );
  if (![good, total, covered].every((value) => Number.isFinite(value) && value >= 0))
    throw new NinesError(
      'internal',
      `A slot of ${sli} has good ${good}, total ${total}, covered ${covered}: none may be negative or missing.`,
    );
};

export const slotKey = ({ sli, start, width }: SliSlot): string => `${width} ${start} ${sli}`;

/**
 * A check stands for its whole interval, in the slot in which it began: short slots cover more than their width where
 * checks are rarer than slots. Hours and days are where that evens out, and where coverage ends at the width.
 */
export const mostCovered = (width: number): number => (width >= HOUR ? width : Infinity);

const ADDING = `DO UPDATE SET
  good = fine_slot.good + excluded.good, total = fine_slot.total + excluded.total,
  covered = fine_slot.covered + excluded.covered`;
const ADDING_COARSE = `DO UPDATE SET
  good = slot.good + excluded.good, total = slot.total + excluded.total,
  covered = CASE WHEN slot.width >= ${HOUR} AND slot.covered + excluded.covered > slot.width THEN slot.width
    ELSE slot.covered + excluded.covered END`;
const REPLACE = 'DO UPDATE SET good = excluded.good, total = excluded.total, covered = excluded.covered';

/** Writes slots whose keys differ. */
export const writingSlots = (slots: readonly SliSlot[], names: SeriesNames, how: 'add' | 'replace'): Statement[] => {
  const covered = (slot: SliSlot): number => Math.min(slot.covered, mostCovered(slot.width));
  const fine = slots.filter(({ width }) => width === FINE);
  const coarse = slots.filter(({ width }) => width !== FINE);
  return [
    ...inserting(
      'INSERT INTO fine_slot (start, sli, good, total, covered)',
      fine.map((slot) => [slot.start, names.id(slot.sli), slot.good, slot.total, covered(slot)]),
      `ON CONFLICT (start, sli) ${how === 'add' ? ADDING : REPLACE}`,
    ),
    ...inserting(
      'INSERT INTO slot (sli, width, start, good, total, covered)',
      coarse.map((slot) => [names.id(slot.sli), slot.width, slot.start, slot.good, slot.total, covered(slot)]),
      `ON CONFLICT (sli, width, start) ${how === 'add' ? ADDING_COARSE : REPLACE}`,
    ),
  ];
};

/** The next coarser slot of each, as `[width, start, sli]`, once. `isNew` may leave out what is marked already. */
export const marking = (
  slots: readonly SliSlot[],
  names: SeriesNames,
  isNew: (mark: string) => boolean,
): Statement[] => {
  const marks = new Map<string, [number, number, number]>();
  for (const { sli, start, width } of slots) {
    const coarser = coarserThan(width);
    if (coarser === undefined) continue;
    const at = slotStart(start, coarser);
    const mark = `${coarser} ${at} ${sli}`;
    if (!marks.has(mark) && isNew(mark)) marks.set(mark, [coarser, at, names.id(sli)]);
  }
  return inserting('INSERT INTO dirty (width, start, sli)', [...marks.values()], 'ON CONFLICT DO NOTHING');
};
