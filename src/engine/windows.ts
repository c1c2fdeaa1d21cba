import { HOUR, MINUTE } from '../duration.ts';
import { createRings, type Rings } from '../slo/rings.ts';
import type { Slo } from '../slo/slo.ts';
import { NO_SUMS, type Slot, type Sums } from '../slo/slot.ts';
import type { Span } from '../slo/window.ts';
import { withComposites } from './composites.ts';

/** Hours kept for budgets: a quarter, and the days it takes to look back from its end. */
const HOURS_KEPT = 100 * 24;

/** Bad slots nearer to each other than this belong to one stretch: the shortest look-back of any tier. */
const STRETCH_GAP = 5 * MINUTE;

type Book = {
  rings: Rings;
  /** By number, start ÷ HOUR: a map of small numbers takes half the memory of one of instants. */
  hours: Map<number, Sums>;
  /** What every hour of [from, to) holds that `hours` does not name. */
  usual: { from: number; to: number; sums: Sums } | null;
  firstAt: number | null;
  lastAt: number | null;
  bad: { from: number; to: number } | null;
  /** Sums of the whole hours in [first, last): what a window asks for again and again. */
  memo: { first: number; last: number; sums: Sums } | null;
};

/**
 * What the evaluator judges, in memory: look-back rings and hourly sums per SLI. Rebuilt from the store at start,
 * patched by every slot that arrives, also by late ones.
 */
export type Windows = {
  add(sli: string, slot: Slot): void;
  /**
   * Puts what a source says now of [slot.start, slot.start + slot.width) in place of `before`, which was added for it.
   * `before` null: nothing was. Revisions reach back as far as the finest ring, an hour.
   */
  replace(sli: string, slot: Slot, before: Sums | null): void;
  /** Sums over the newest `ms` before `now`. */
  lookBack(sli: string, ms: number, now: number): Sums;
  /** Sums over [span.from, min(span.to, now)], by the hour; an hour cut by the span's edge counts in proportion. */
  window(sli: string, span: Span, now: number): Sums;
  hours(sli: string, from: number, to: number): Slot[];
  firstAt(sli: string): number | null;
  lastAt(sli: string): number | null;
  lastTrafficAt(sli: string): number | null;
  /** The newest stretch of bad slots, from the start of its first to the end of its last: the incident clock. */
  badStretch(sli: string): { from: number; to: number } | null;
  /** Fills the hours from the books; the rings stay as they are. */
  loadHour(sli: string, slot: Slot): void;
  /** Fills every hour of the span that nothing was loaded for, at once: call it after the others. */
  loadUsual(sli: string, span: Span, hour: Sums): void;
  /** Fills the rings, evenly over the time of the slot; the hours stay as they are. */
  loadRing(sli: string, slot: Slot): void;
  keepOnly(slis: { has(sli: string): boolean }): void;
  /** Keeps only these, and reads the composites among them from their parts. */
  use(slos: ReadonlyMap<string, Slo>): void;
};

const cut = (start: number, span: Span, now: number): number => {
  const to = Math.min(span.to, now);
  const overlap = Math.min(start + HOUR, to) - Math.max(start, span.from);
  const lived = Math.min(start + HOUR, now) - start;
  return overlap <= 0 || lived <= 0 ? 0 : Math.min(1, overlap / lived);
};

const plus = (a: Sums, b: Sums): Sums => ({
  good: a.good + b.good,
  total: a.total + b.total,
  covered: a.covered + b.covered,
});

const shareOf = (hour: Sums | undefined, share: number): Sums =>
  hour && share > 0 ? { good: hour.good * share, total: hour.total * share, covered: hour.covered * share } : NO_SUMS;

/** The starts of the hours in [from, to). */
const hoursIn = (from: number, to: number): number[] => {
  const first = Math.ceil(from / HOUR) * HOUR;
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / HOUR)) }, (_, at) => first + at * HOUR);
};

const hourOf = ({ hours, usual }: Book, start: number): Sums | undefined =>
  hours.get(start / HOUR) ?? (usual && start >= usual.from && start < usual.to ? usual.sums : undefined);

const wholeHours = ({ hours, usual }: Book, first: number, last: number): Sums => {
  const from = Math.max(first, usual?.from ?? 0);
  const to = Math.min(last, usual?.to ?? 0);
  let unnamed = Math.max(0, (to - from) / HOUR);
  const sums = { good: 0, total: 0, covered: 0 };
  for (const [number, hour] of hours) {
    const start = number * HOUR;
    if (start < first || start >= last) continue;
    if (start >= from && start < to) unnamed--;
    sums.good += hour.good;
    sums.total += hour.total;
    sums.covered += hour.covered;
  }
  const { good, total, covered } = usual?.sums ?? NO_SUMS;
  return {
    good: sums.good + unnamed * good,
    total: sums.total + unnamed * total,
    covered: sums.covered + unnamed * covered,
  };
};

/** Windows of what has slots of its own. */
const createBooks = (): Windows => {
  const books = new Map<string, Book>();
  const bookOf = (sli: string): Book => {
    let book = books.get(sli);
    if (!book)
      books.set(
        sli,
        (book = {
          rings: createRings(),
          hours: new Map(),
          usual: null,
          firstAt: null,
          lastAt: null,
          bad: null,
          memo: null,
        }),
      );
    return book;
  };
  const seen = (book: Book, slot: Slot): void => {
    if (slot.covered <= 0) return;
    book.firstAt = Math.min(book.firstAt ?? slot.start, slot.start);
    book.lastAt = Math.max(book.lastAt ?? slot.start, slot.start + slot.width);
  };
  const loadHour = (sli: string, slot: Slot): void => {
    const book = bookOf(sli);
    const start = Math.floor(slot.start / HOUR) * HOUR;
    const had = hourOf(book, start) ?? NO_SUMS;
    const covered = Math.min(HOUR, had.covered + slot.covered);
    if (book.memo && start >= book.memo.first && start < book.memo.last) book.memo = null;
    book.hours.set(start / HOUR, { good: had.good + slot.good, total: had.total + slot.total, covered });
    if (book.hours.size > HOURS_KEPT) {
      const oldest = Math.min(...book.hours.keys());
      book.hours.delete(oldest);
      if (book.usual) book.usual.from = Math.max(book.usual.from, (oldest + 1) * HOUR);
    }
    seen(book, slot);
  };
  const change = (sli: string, slot: Slot, { good, total, covered }: Sums): void =>
    loadHour(sli, {
      ...slot,
      good: slot.good - good,
      total: slot.total - total,
      covered: slot.covered - covered,
    });
  const noteBad = (book: Book, slot: Slot): void => {
    if (slot.total > slot.good) {
      const end = slot.start + slot.width;
      const { bad } = book;
      if (bad === null || slot.start - bad.to > STRETCH_GAP) book.bad = { from: slot.start, to: end };
      // A late slot of an older stretch changes nothing of the newest one.
      else if (bad.from - end <= STRETCH_GAP)
        book.bad = { from: Math.min(bad.from, slot.start), to: Math.max(bad.to, end) };
    }
    seen(book, slot);
  };
  const keepOnly = (slis: { has(sli: string): boolean }): void => {
    for (const sli of books.keys()) if (!slis.has(sli)) books.delete(sli);
  };
  return {
    loadHour,
    loadRing(sli, slot) {
      const book = bookOf(sli);
      book.rings.addEvenly(slot);
      noteBad(book, slot);
    },
    loadUsual(sli, { from, to }, sums) {
      const book = bookOf(sli);
      book.usual = { from, to, sums };
      book.memo = null;
      let first = from;
      while (first < to && book.hours.has(first / HOUR)) first += HOUR;
      if (first < to) seen(book, { start: first, width: HOUR, ...sums });
    },
    add(sli, slot) {
      const book = bookOf(sli);
      book.rings.add(slot);
      noteBad(book, slot);
      loadHour(sli, slot);
    },
    replace(sli, slot, before) {
      const book = bookOf(sli);
      if (before === null) book.rings.add(slot);
      else book.rings.replace(slot);
      noteBad(book, slot);
      change(sli, slot, before ?? NO_SUMS);
    },
    lookBack: (sli, ms, now) => books.get(sli)?.rings.sums(ms, now) ?? NO_SUMS,
    window(sli, span, now) {
      const book = books.get(sli);
      if (!book) return NO_SUMS;
      const first = Math.ceil(span.from / HOUR) * HOUR;
      const last = Math.max(first, Math.floor(Math.min(span.to, now) / HOUR) * HOUR);
      if (book.memo?.first !== first || book.memo.last !== last)
        book.memo = { first, last, sums: wholeHours(book, first, last) };
      const { sums } = book.memo;
      // The hour in which the window begins, and the running one.
      const edges = [...new Set([first - HOUR, last])].map((start) =>
        shareOf(hourOf(book, start), cut(start, span, now)),
      );
      return edges.reduce(plus, sums);
    },
    hours(sli, from, to) {
      const book = books.get(sli);
      if (!book) return [];
      const { usual } = book;
      const unnamed = usual ? hoursIn(Math.max(from, usual.from), Math.min(to, usual.to)) : [];
      const named = [...book.hours.keys()]
        .map((number) => number * HOUR)
        .filter((start) => start >= from && start < to);
      return [...new Set([...named, ...unnamed])]
        .sort((a, b) => a - b)
        .map((start) => ({ start, width: HOUR, ...(hourOf(book, start) ?? NO_SUMS) }));
    },
    firstAt: (sli) => books.get(sli)?.firstAt ?? null,
    lastAt: (sli) => books.get(sli)?.lastAt ?? null,
    badStretch: (sli) => books.get(sli)?.bad ?? null,
    lastTrafficAt: (sli) => books.get(sli)?.rings.lastTrafficAt() ?? null,
    keepOnly,
    use: keepOnly,
  };
};

export const createWindows = (): Windows => withComposites(createBooks());
