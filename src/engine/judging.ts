import type { CatalogProbe } from '../definition/catalog.ts';
import { SECOND } from '../duration.ts';
import type { CheckResult } from '../probe/probe.ts';
import { judge, type Word } from '../probe/quorum.ts';
import type { Sightings } from '../probe/sightings.ts';

/** A check result in the light of what the probe's other locations saw. */
export type Judged = {
  /** Where it ran. */
  location: string;
  /** As the location saw it: what is stored. */
  seen: CheckResult;
  /** What counts for the probe's state and its availability. */
  result: CheckResult;
  /** It failed here, and not enough other locations agree: its duration is nobody's latency. */
  overruled: boolean;
  /** Too old to say anything about the present. */
  late: boolean;
  /** Locations the probe has, and how many of them are heard: each one's check is a part of what an interval tells. */
  locations: number;
  heard: number;
};

/** Agents gather for a second, and the road takes its time. */
const ROAD = 5 * SECOND;

/** A word counts for so long: two intervals may pass until the next one is here, the check takes time, and so does the road. */
export const freshFor = (probe: CatalogProbe): number =>
  2 * probe.intervalMs + (probe.kind === 'heartbeat' ? 0 : probe.timeoutMs) + ROAD;

/** The words of a probe's locations at an instant. */
export const wordsOf = (sightings: Sightings, probe: CatalogProbe, at: number): Word[] =>
  sightings.words(probe.id, probe.locations, at, freshFor(probe));

/**
 * Remembers the result and judges it. `since` is the first instant of which every location could have been heard:
 * before that, and for late results, a silent location may still speak.
 */
export const judgeResult = (
  sightings: Sightings,
  probe: CatalogProbe,
  seen: CheckResult,
  location: string,
  now: number,
  since: number,
): Judged => {
  const freshMs = freshFor(probe);
  const late = probe.locations.length > 0 && now - seen.at > freshMs;
  const alone = { location, seen, result: seen, overruled: false, late, locations: 1, heard: 1 };
  if (probe.locations.length > 0) sightings.see(location, seen, freshMs);
  if (probe.locations.length < 2) return alone;
  // Of the same interval: the first location to report an outage stands alone, the last one must not.
  const words = sightings.words(probe.id, probe.locations, seen.at + probe.intervalMs, freshMs + probe.intervalMs);
  const heard = Math.max(1, words.filter(({ outcome }) => outcome !== 'silent').length);
  const several = { ...alone, locations: probe.locations.length, heard };
  if (seen.outcome === 'unknown') return several;
  const verdict = judge(words, probe.quorum, late || seen.at < since + freshMs);
  return {
    ...several,
    result: { ...seen, ...verdict },
    overruled: seen.outcome === 'fail' && verdict.outcome !== 'fail',
  };
};
