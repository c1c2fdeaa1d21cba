import type { Clock } from '../clock.ts';
import type { Catalog } from '../definition/catalog.ts';
import { DAY, HOUR } from '../duration.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { adjust, partsOf } from '../slo/adjustment.ts';
import type { Adjusted, Correction, Exclusion, Part } from '../slo/adjustment.ts';
import type { Slo } from '../slo/slo.ts';
import { slotStart, type Sums } from '../slo/slot.ts';
import type { Span } from '../slo/window.ts';
import type { Statement } from '../store/sql.ts';
import type { Store } from '../store/store.ts';
import { changesSince, definedIn, detailOf } from './adjustment-audit.ts';
import { countedIn } from './cut-hours.ts';
import { leavesOfAll, type Weighted } from './composites.ts';
import type { Windows } from './windows.ts';

/** As far as the books reach in memory. */
const BOOKS = 100 * DAY;
/** Late slots change an hour for this long: until then what was cut of it is read again. */
const OPEN_FOR = 2 * DAY;

/** What people left out of budgets or corrected, as it is defined now. It touches no slot, no counter and no alert. */
export type Adjustments = {
  /** `sums` of the window `span` at `end`, as people corrected them; null when nobody did. */
  of(slo: Slo, span: Span, sums: Sums, end: number): Adjusted | null;
  /** Reads what was counted in the hours that exclusions cut, while finer slots of them are kept. Never rejects. */
  use(): Promise<void>;
  /** The leader's part: writes down what was cut, and into the audit what changed in the definition. */
  record(now: number): Promise<void>;
};

export type AdjustmentParts = {
  store: Store;
  clock: Clock;
  log: Log;
  windows: Windows;
  catalog: () => Catalog;
  leads: () => boolean;
  fence: () => readonly Statement[];
  /** What is left of an SLO's budget before and after. */
  budgetOf: (slo: string) => { before: number | null; after: number | null };
};

type Own = { exclusions: Exclusion[]; corrections: Correction[] };
/** What was counted in a part of an hour. */
type Cut = { from: number; to: number; sums: Sums };

const factOf = (slo: string): string => `cut-hours:${slo}`;
const DEFINED = 'adjustments';

const keyOf = ({ from, to }: Span): string => `${from}-${to}`;

const ownOf = (catalog: Catalog): ReadonlyMap<string, Own> => {
  const found = new Map<string, Own>();
  const of = (slo: string): Own => {
    let own = found.get(slo);
    if (!own) found.set(slo, (own = { exclusions: [], corrections: [] }));
    return own;
  };
  for (const { exclusions, corrections } of catalog.systems.values()) {
    for (const exclusion of exclusions) for (const slo of exclusion.slos) of(slo).exclusions.push(exclusion);
    for (const correction of corrections) of(correction.slo).corrections.push(correction);
  }
  return found;
};

export const createAdjustments = (parts: AdjustmentParts): Adjustments => {
  const { store, windows } = parts;
  let known: { catalog: Catalog; own: ReadonlyMap<string, Own> } | null = null;
  const cuts = new Map<string, Map<string, Cut>>();
  const unwritten = new Set<string>();

  const own = (): ReadonlyMap<string, Own> => {
    const catalog = parts.catalog();
    if (known?.catalog !== catalog) known = { catalog, own: ownOf(catalog) };
    return known.own;
  };

  const cutsOf = async (slo: string): Promise<Map<string, Cut>> => {
    let of = cuts.get(slo);
    if (!of) {
      const stored = JSON.parse((await store.facts.get(factOf(slo))) ?? '[]') as Cut[];
      cuts.set(slo, (of = new Map(stored.map((cut) => [keyOf(cut), cut]))));
    }
    return of;
  };

  const readOne = async (slo: Slo, leaves: readonly Weighted[], { exclusions }: Own, now: number): Promise<void> => {
    const of = await cutsOf(slo.id);
    for (const [key, { to }] of of) if (to < now - BOOKS) of.delete(key);
    const cut = partsOf(exclusions, { from: now - BOOKS, to: now }).flatMap((one) => one.parts);
    for (const part of cut) {
      const isClosed = part.hour + HOUR <= now - slo.settleLagMs;
      const before = of.get(keyOf(part));
      if (!isClosed || part.to - part.from === HOUR || (before && part.hour < now - OPEN_FOR)) continue;
      const sums = await countedIn({ store, windows }, slo.id, leaves, part);
      if (sums === null || JSON.stringify(before?.sums) === JSON.stringify(sums)) continue;
      of.set(keyOf(part), { from: part.from, to: part.to, sums });
      unwritten.add(slo.id);
    }
  };

  const read = async (): Promise<void> => {
    const catalog = parts.catalog();
    const composites = leavesOfAll(catalog.slos);
    for (const [id, mine] of own()) {
      const slo = catalog.slos.get(id);
      const leaves = composites.get(id) ?? [{ slo: id, weight: 1 }];
      if (slo && mine.exclusions.length > 0) await readOne(slo, leaves, mine, parts.clock.now());
    }
  };

  const record = async (now: number): Promise<void> => {
    const catalog = parts.catalog();
    const defined = definedIn(catalog);
    const stored = (await store.facts.get(DEFINED)) ?? '{}';
    const changes = changesSince(JSON.parse(stored) as Record<string, string>, defined);
    const cutNow = [...unwritten];
    const writing = [
      ...cutNow.flatMap((slo) =>
        store.facts.setting(factOf(slo), JSON.stringify([...(cuts.get(slo)?.values() ?? [])])),
      ),
      ...changes.flatMap((change) =>
        store.audit.appending({
          at: now,
          actor: change.owner,
          door: 'definition',
          verb: change.verb,
          object: change.object,
          detail: detailOf(change, parts.budgetOf),
        }),
      ),
      ...(changes.length > 0 ? store.facts.setting(DEFINED, JSON.stringify(defined)) : []),
    ];
    if (writing.length === 0) return;
    await store.commit([...parts.fence(), ...writing]);
    for (const slo of cutNow) unwritten.delete(slo);
  };

  return {
    of(slo, span, sums, end) {
      const mine = own().get(slo.id);
      if (!mine) return null;
      const all = [...mine.exclusions, ...mine.corrections];
      // Only of the hours that any of them touches.
      const from = slotStart(Math.max(span.from, Math.min(...all.map((one) => one.from))), HOUR);
      const to = Math.min(span.to, end, Math.max(...all.map((one) => one.to)));
      return adjust({
        ...mine,
        hours: windows.hours(slo.id, from, to),
        sums,
        counted: (part: Part) => cuts.get(slo.id)?.get(keyOf(part))?.sums ?? null,
        span,
        firstDataAt: windows.firstAt(slo.id),
        now: end,
      });
    },
    async use() {
      try {
        await read();
        if (parts.leads()) await record(parts.clock.now());
      } catch (error) {
        parts.log.error('Exclusions could not be read or written down; the next full hour tries again.', {
          reason: messageOf(error),
        });
      }
    },
    async record(now) {
      await read();
      await record(now);
    },
  };
};
