import { METRICS } from '../names.ts';
import { createOptional, type Optional } from './optional.ts';
import type { Labels, Series } from './series.ts';

/** What is exported of a location. Times are epoch ms. */
export type LocationNumbers = { name: string; lastSeenAt: number | null; offsetMs: number | null; dropped: number };

/** A probe with what each of its locations says now. */
export type ProbeWords = {
  probe: { id: string; system: string; environment: string; service: string };
  words: readonly { location: string; outcome: 'pass' | 'fail' | 'silent' }[];
};

export type LocationSeries = {
  /** All of them as they stand: what is not among them any more is no longer exported. */
  update(locations: readonly LocationNumbers[], probes: readonly ProbeWords[]): void;
};

/** The series of one metric; those that an update does not set are gone after it. */
const createSet = (family: ReturnType<Series['gauge']>) => {
  let known = new Map<string, Optional>();
  return (values: readonly { labels: Labels; value: number | null }[]): void => {
    const next = new Map<string, Optional>();
    for (const { labels, value } of values) {
      const key = Object.values(labels).join('\n');
      const optional = known.get(key) ?? createOptional(family, labels);
      optional.set(value);
      next.set(key, optional);
    }
    for (const [key, optional] of known) if (!next.has(key)) optional.set(null);
    known = next;
  };
};

/** Agents and what they see. A silent location has no `up`: no data is neither 0 nor 1. */
export const createLocationSeries = (series: Series): LocationSeries => {
  const up = createSet(series.gauge(METRICS.probeLocationUp, 'Whether the location sees the probe pass.'));
  const seen = createSet(
    series.gauge(METRICS.locationLastSeen, 'When the agent of a location was last heard, unix time.'),
  );
  const offset = createSet(series.gauge(METRICS.locationOffset, 'The clock of Nines less that of the agent.'));
  const dropped = createSet(
    series.counter(METRICS.locationDropped, 'Results its agent had no memory for while it was cut off.'),
  );
  return {
    update(locations, probes) {
      const of = (pick: (location: LocationNumbers) => number | null) =>
        locations.map((one) => ({ labels: { location: one.name }, value: pick(one) }));
      seen(of(({ lastSeenAt }) => (lastSeenAt === null ? null : lastSeenAt / 1_000)));
      offset(of(({ offsetMs }) => (offsetMs === null ? null : offsetMs / 1_000)));
      dropped(of((one) => one.dropped));
      up(
        probes.flatMap(({ probe: { id, system, environment, service }, words }) =>
          words.map(({ location, outcome }) => ({
            labels: { system, environment, service, probe: id.slice(id.lastIndexOf('/') + 1), location },
            value: outcome === 'silent' ? null : outcome === 'pass' ? 1 : 0,
          })),
        ),
      );
    },
  };
};
