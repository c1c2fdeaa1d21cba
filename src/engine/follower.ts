import type { Catalog } from '../definition/catalog.ts';
import { HOUR, MINUTE, SECOND } from '../duration.ts';
import { CHECK_SLOT_WIDTH } from '../slo/indicator.ts';
import { pulledIndicator } from '../provider/provider.ts';
import { slotStart } from '../slo/slot.ts';
import type { Store } from '../store/store.ts';
import type { Adjustments } from './adjustments.ts';
import type { Incidents } from './incidents.ts';
import type { Evaluate } from './jobs/evaluate.ts';
import type { Judges } from './judges.ts';
import type { ProbeStates } from './probe-states.ts';
import { createPulledFollower } from './pulled-follower.ts';
import type { Windows } from './windows.ts';

/** The leader writes once a second; by then a slot that closed holds all that was checked in it. */
const SETTLED_AFTER = 15 * SECOND;
const REFRESHED_EVERY = 10 * SECOND;
/** By then the leader has closed an hour, and it is read here. */
const HOUR_CLOSED_AFTER = 5 * MINUTE;

export type Follower = {
  /** Reads what the leader wrote since the last call; true when there was something new to show. */
  refresh(now: number): Promise<boolean>;
  /** Everything that starts before this is in the windows. */
  begin(until: number): void;
};

export type FollowerParts = {
  store: Store;
  windows: Windows;
  probeStates: ProbeStates;
  evaluate: Evaluate;
  judges: Judges;
  adjustments: Pick<Adjustments, 'use'>;
  incidents: Incidents;
  catalog: () => Catalog;
};

/** The end of what no write will change any more, except late results. */
export const settledUntil = (now: number): number => slotStart(now - SETTLED_AFTER, CHECK_SLOT_WIDTH);

/** A replica that does not lead shows what the leader stored, some 25 seconds behind; it judges nothing itself. */
export const createFollower = (parts: FollowerParts): Follower => {
  const { store, windows, probeStates } = parts;
  const pulled = createPulledFollower(parts);
  let readUntil = 0;
  let refreshedAt = -Infinity;
  let closedHour = -Infinity;

  const showProbes = async (now: number): Promise<void> => {
    for (const result of await store.results.newest()) {
      const probe = parts.catalog().probes.get(result.probe);
      // The word of one location is not the word of all of them, which only the leader hears.
      if (!probe || probe.locations.length > 1) continue;
      if (probeStates.status(probe, now).last?.at !== result.at) probeStates.see(probe, result);
    }
  };

  /** What settles late is stored in the order of time, behind what is known. */
  const readLate = async (sli: string, until: number): Promise<void> => {
    const from = windows.lastAt(sli) ?? until - HOUR;
    for (const slot of await store.slots.read(sli, CHECK_SLOT_WIDTH, from, until)) windows.add(sli, slot);
  };

  return {
    begin(until) {
      readUntil = until;
      refreshedAt = -Infinity;
      pulled.begin();
    },
    async refresh(now) {
      await parts.incidents.restore();
      if (Math.abs(now - refreshedAt) < REFRESHED_EVERY) return false;
      refreshedAt = now;
      const until = Math.max(readUntil, settledUntil(now));
      const slos = parts.catalog().slos;
      const isLate = (sli: string): boolean => (slos.get(sli)?.settleLagMs ?? 0) > 0;
      for (const slot of await store.slots.readAll(CHECK_SLOT_WIDTH, readUntil, until))
        if (!isLate(slot.sli)) windows.add(slot.sli, slot);
      for (const [sli, { indicator }] of slos)
        if (isLate(sli) && pulledIndicator(indicator) === null) await readLate(sli, until);
      readUntil = until;
      await pulled.refresh(parts.catalog(), now);
      await showProbes(now);
      const closed = slotStart(now - HOUR_CLOSED_AFTER, HOUR);
      if (closed !== closedHour) await parts.adjustments.use();
      closedHour = closed;
      const alerts = await store.alerts.all();
      parts.judges.adopt(alerts);
      parts.evaluate.adopt(alerts);
      return true;
    },
  };
};
