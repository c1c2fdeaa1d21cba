import { DAY } from '../duration.ts';
import type { CheckResult } from './probe.ts';
import type { Word } from './quorum.ts';

/** Checks in a row with the same outcome: from the start of the first to the start of the last, epoch ms. */
type Run = { from: number; to: number; outcome: 'pass' | 'fail' } & Pick<CheckResult, 'reason' | 'detail' | 'degraded'>;

type Seen = Pick<CheckResult, 'probe' | 'at' | 'outcome' | 'reason' | 'detail' | 'degraded'>;

/**
 * What each location said of each probe and when, for a day: results that come late are judged by their own time. A
 * location tells its own in order, late or not.
 */
export type Sightings = {
  /** A word stays fresh for `freshMs` after its check started. An unknown outcome is no word. */
  see(location: string, result: Seen, freshMs: number): void;
  /** The word of each location at the instant `at`. */
  words(probe: string, locations: readonly string[], at: number, freshMs: number): Word[];
  keepOnly(probes: { has(probe: string): boolean }): void;
  /** The wall clock was set by `ms`. */
  clockSet(ms: number): void;
};

/** A probe that changes its mind with every check for an hour, and not a memory without end. */
const MOST_RUNS = 360;

export const createSightings = (): Sightings => {
  const runsOf = new Map<string, Map<string, Run[]>>();

  const add = (runs: Run[], run: Run, freshMs: number): void => {
    const place = runs.findLastIndex(({ from }) => from <= run.from);
    const before = runs[place];
    const after = runs[place + 1];
    if (before?.outcome === run.outcome && run.from - before.to <= freshMs) {
      if (run.from > before.to) Object.assign(before, { ...run, from: before.from });
    } else if (after?.outcome === run.outcome && after.from - run.from <= freshMs) {
      after.from = run.from;
    } else {
      runs.splice(place + 1, 0, run);
    }
    const newest = runs.at(-1)?.to ?? 0;
    while (runs.length > MOST_RUNS || (runs[0] && runs[0].to < newest - DAY)) runs.shift();
  };

  return {
    see(location, { probe, at, outcome, reason, detail, degraded }, freshMs) {
      if (outcome === 'unknown') return;
      const places = runsOf.get(probe) ?? new Map<string, Run[]>();
      runsOf.set(probe, places);
      const runs = places.get(location) ?? [];
      places.set(location, runs);
      add(runs, { from: at, to: at, outcome, reason, detail, degraded }, freshMs);
    },
    words: (probe, locations, at, freshMs) =>
      locations.map((location): Word => {
        const run = runsOf
          .get(probe)
          ?.get(location)
          ?.findLast(({ from }) => from <= at);
        if (!run || at - run.to > freshMs) return { location, outcome: 'silent' };
        const { outcome, reason, detail, degraded } = run;
        return { location, outcome, reason, detail, degraded };
      }),
    keepOnly(probes) {
      for (const probe of runsOf.keys()) if (!probes.has(probe)) runsOf.delete(probe);
    },
    clockSet(ms) {
      for (const places of runsOf.values())
        for (const runs of places.values())
          for (const run of runs) {
            run.from += ms;
            run.to += ms;
          }
    },
  };
};
