import type { Catalog } from '../definition/catalog.ts';
import { MINUTE } from '../duration.ts';
import { widthOf } from '../provider/provider.ts';
import { CHECK_SLOT_WIDTH } from '../slo/indicator.ts';
import { slotStart, type Slot } from '../slo/slot.ts';
import type { Store } from '../store/store.ts';
import { pulledSlos } from './pulled.ts';
import type { Windows } from './windows.ts';

/** What a source said late, or revised, is younger than this. */
const LOOKED_BACK = 30 * MINUTE;

/** Shows what the leader pulled: that comes a minute or more after its time, where nobody looks for new checks any more. */
export type PulledFollower = {
  refresh(catalog: Catalog, now: number): Promise<void>;
  /** The windows hold what is stored. */
  begin(): void;
};

export const createPulledFollower = ({ store, windows }: { store: Store; windows: Windows }): PulledFollower => {
  let shown = new Map<string, Map<number, Slot>>();
  let lookedAt = -Infinity;
  return {
    begin() {
      shown = new Map();
      lookedAt = -Infinity;
    },
    async refresh(catalog, now) {
      if (Math.abs(now - lookedAt) < MINUTE) return;
      lookedAt = now;
      for (const { slo, indicator } of pulledSlos(catalog)) {
        const rows = await store.slots.read(slo.id, CHECK_SLOT_WIDTH, slotStart(now - LOOKED_BACK, MINUTE), now);
        const before = shown.get(slo.id);
        shown.set(slo.id, new Map(rows.map((row) => [row.start, row])));
        if (!before) continue;
        for (const row of rows) {
          const had = before.get(row.start) ?? null;
          if (had?.good === row.good && had.total === row.total && had.covered === row.covered) continue;
          windows.replace(slo.id, { ...row, width: Math.max(row.width, widthOf(indicator)) }, had);
        }
      }
    },
  };
};
