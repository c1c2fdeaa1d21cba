import { HOUR, MINUTE } from '../duration.ts';
import type { Catalog } from '../definition/catalog.ts';
import { pulledIndicator, type PulledIndicator } from '../provider/provider.ts';
import { CHECK_SLOT_WIDTH } from '../slo/indicator.ts';
import type { Slo } from '../slo/slo.ts';
import { slotStart, type Slot } from '../slo/slot.ts';
import type { Store } from '../store/store.ts';
import type { Planned } from './excuse.ts';
import type { Windows } from './windows.ts';

export type PulledSlo = { slo: Slo; indicator: PulledIndicator };

/** A source may say something else of what is younger than this than it said before; then its newer word counts. */
export const REVISED_FOR = 10 * MINUTE;

/** Younger slots are stored like those of checks, so that restarts and other replicas find them alike. */
export const FINE_FOR = 6 * HOUR - 5 * MINUTE;

/** Since the end of a slot. The finest ring holds an hour: so far back a newer word can take the place of an older one. */
const REVISABLE = 50 * MINUTE;

/** What ended longer ago than this is history: a counter that took it in at once would show a burst that never was. */
const COUNTED_FOR = 15 * MINUTE;

export type Pulled = {
  /** Stores what a source said, once; what is known already counts only where it was revised. */
  take(slo: Slo, slots: readonly Slot[], now: number, isWanted: () => boolean): Promise<void>;
  /** The same for what was before anything was known, by the hour where hours are whole. */
  takePast(slo: Slo, slots: readonly Slot[], isWanted: () => boolean): Promise<void>;
  /** The look-backs are made anew from what is stored. */
  begin(): void;
};

export type PulledParts = {
  store: Store;
  windows: Windows;
  planned: (system: string, service: string, at: number) => Planned;
  /** Adds to the counters. */
  count: (slo: string, slot: Slot) => void;
  /** Its look-backs changed. */
  changed: (slo: string) => void;
};

export function* pulledSlos({ slos }: Catalog): Generator<PulledSlo> {
  for (const slo of slos.values()) {
    const indicator = slo.notConfigured === null ? pulledIndicator(slo.indicator) : null;
    if (indicator) yield { slo, indicator };
  }
}

const keyOf = (slot: Slot): string => `${slot.width} ${slot.start}`;

const endOf = ({ start, width }: Slot): number => start + width;

/** Where a slot is stored: at its start, for as long as it covers. Several that fall into one are one. */
const storedAs = (slots: readonly Slot[], width: number): { slot: Slot; stored: Slot }[] => {
  const found = new Map<string, { slot: Slot; stored: Slot }>();
  for (const slot of slots) {
    const stored = { ...slot, start: slotStart(slot.start, width), width };
    const had = found.get(keyOf(stored));
    if (!had) found.set(keyOf(stored), { slot, stored });
    else
      found.set(keyOf(stored), {
        slot: sum(had.slot, { ...slot, start: had.slot.start }),
        stored: sum(had.stored, stored),
      });
  }
  return [...found.values()];
};

const sum = (a: Slot, b: Slot): Slot => ({
  ...a,
  good: a.good + b.good,
  total: a.total + b.total,
  covered: a.covered + b.covered,
});

const isSame = (a: Slot, b: Slot): boolean => a.good === b.good && a.total === b.total && a.covered === b.covered;

/** Whole hours as one slot each; of others the minutes, so that the first sample is where it was. */
const asPast = (slots: readonly Slot[]): Slot[] =>
  [...Map.groupBy(slots, ({ start }) => slotStart(start, HOUR))].flatMap(([start, within]) => {
    const hour = within.reduce(sum, { start, width: HOUR, good: 0, total: 0, covered: 0 });
    return hour.covered >= HOUR ? [hour] : storedAs(within, MINUTE).map(({ stored }) => stored);
  });

/** Slots that somebody else counted, on their way into store, look-backs and counters. */
export const createPulled = (parts: PulledParts): Pulled => {
  const { store, windows } = parts;
  /** What look-backs hold of slots that went to the store and may be there, while the look-backs do not know it yet. */
  const unapplied = new Map<string, Map<string, Slot | null>>();

  /**
   * What planned work explains is covered and counts nothing. Windows begin on whole minutes. A rate reaches back into the
   * minute before its own, so that the first one after the work still sees some of it.
   */
  const excused = ({ system, service, indicator }: Slo, slot: Slot): Slot => {
    const from = indicator.kind === 'promql' ? slot.start - 1 : slot.start;
    for (let at = from; at < endOf(slot); at = slotStart(at, MINUTE) + MINUTE)
      if (parts.planned(system, service, at)) return { ...slot, good: 0, total: 0 };
    return slot;
  };

  const known = async (slo: string, stored: readonly Slot[]): Promise<Map<string, Slot>> => {
    const found = new Map<string, Slot>();
    for (const width of new Set(stored.map((slot) => slot.width))) {
      const starts = stored.filter((slot) => slot.width === width).map(({ start }) => start);
      const rows = await store.slots.read(slo, width, Math.min(...starts), Math.max(...starts) + width);
      for (const row of rows) if (row.covered > 0) found.set(keyOf(row), row);
    }
    for (const [key, held] of unapplied.get(slo) ?? []) {
      if (held) found.set(key, held);
      else found.delete(key);
    }
    return found;
  };

  const send = async (slo: string, news: readonly Slot[], before: ReadonlyMap<string, Slot>): Promise<void> => {
    const waiting = unapplied.get(slo) ?? new Map<string, Slot | null>();
    unapplied.set(slo, waiting);
    for (const slot of news) waiting.set(keyOf(slot), before.get(keyOf(slot)) ?? null);
    await store.slots.replace(news.map((slot) => ({ sli: slo, ...slot })));
  };

  return {
    begin: () => unapplied.clear(),
    async take(slo, said, now, isWanted) {
      const { id } = slo;
      const slots = said.map((slot) => excused(slo, slot));
      const isOld = ({ start }: Slot): boolean => now - start > FINE_FOR;
      const all = [
        ...storedAs(slots.filter(isOld), MINUTE),
        ...storedAs(
          slots.filter((slot) => !isOld(slot)),
          CHECK_SLOT_WIDTH,
        ),
      ];
      if (all.length === 0) return;
      const before = await known(
        id,
        all.map(({ stored }) => stored),
      );
      const news = all.filter(({ slot, stored }) => {
        const had = before.get(keyOf(stored));
        return !had || (!isSame(had, stored) && now - endOf(slot) <= REVISABLE);
      });
      if (news.length === 0 || !isWanted()) return;
      await send(
        id,
        news.map(({ stored }) => stored),
        before,
      );
      if (!isWanted()) return;
      for (const { slot, stored } of news) {
        const had = before.get(keyOf(stored)) ?? null;
        windows.replace(id, slot, had);
        if (had === null && now - endOf(slot) <= COUNTED_FOR) parts.count(id, slot);
        unapplied.get(id)?.delete(keyOf(stored));
      }
      parts.changed(id);
    },
    async takePast(slo, said, isWanted) {
      const { id } = slo;
      const slots = said.map((slot) => excused(slo, slot));
      const [first, last] = [slots[0], slots.at(-1)];
      if (!first || !last) return;
      const hours = windows.hours(id, slotStart(first.start, HOUR), last.start + HOUR);
      const had = new Set(hours.flatMap(({ start, covered }) => (covered > 0 ? [start] : [])));
      const news = asPast(slots.filter(({ start }) => !had.has(slotStart(start, HOUR))));
      if (news.length === 0 || !isWanted()) return;
      await store.slots.replace(news.map((slot) => ({ sli: id, ...slot })));
      if (!isWanted()) return;
      for (const slot of news) {
        windows.loadRing(id, slot);
        windows.loadHour(id, slot);
      }
      parts.changed(id);
    },
  };
};
