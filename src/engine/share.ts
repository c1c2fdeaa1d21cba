import type { CatalogProbe } from '../definition/catalog.ts';
import { DAY, HOUR } from '../duration.ts';

/**
 * How many results of an hour an agent may have counted: twice what its schedule gives. More would thin out, or fill,
 * the error budget of a probe by the voice of one location.
 */
export type Share = {
  /** Takes one; false when the hour of `at` is full. */
  take(probe: CatalogProbe, location: string, at: number): boolean;
  /** One that was taken could not be stored: it comes again. */
  giveBack(probe: string, location: string, at: number): void;
  keepOnly(probes: { has(probe: string): boolean }): void;
};

export const createShare = (): Share => {
  /** Counts by probe, location and number of the hour. */
  const taken = new Map<string, Map<string, Map<number, number>>>();
  const hoursOf = (probe: string, location: string): Map<number, number> => {
    const places = taken.get(probe) ?? new Map<string, Map<number, number>>();
    const hours = places.get(location) ?? new Map<number, number>();
    taken.set(probe, places.set(location, hours));
    return hours;
  };
  return {
    take(probe, location, at) {
      const hours = hoursOf(probe.id, location);
      const hour = Math.floor(at / HOUR);
      const count = hours.get(hour) ?? 0;
      const often = Math.min(probe.intervalMs, probe.burst?.intervalMs ?? Infinity);
      if (count >= 2 * Math.ceil(HOUR / often)) return false;
      hours.set(hour, count + 1);
      for (const known of hours.keys()) if (known < hour - DAY / HOUR - 1) hours.delete(known);
      return true;
    },
    giveBack(probe, location, at) {
      const hours = taken.get(probe)?.get(location);
      const hour = Math.floor(at / HOUR);
      hours?.set(hour, Math.max(0, (hours.get(hour) ?? 0) - 1));
    },
    keepOnly(probes) {
      for (const probe of taken.keys()) if (!probes.has(probe)) taken.delete(probe);
    },
  };
};
