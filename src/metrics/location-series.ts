import { METRICS } from '../names.ts';
import type { Labels, Series } from './series.ts';
import { createSet } from './set.ts';

/** What is exported of a location. Times are epoch ms. */
export type LocationNumbers = { name: string; lastSeenAt: number | null; offsetMs: number | null; dropped: number };

/** A probe with what each of its locations says now. */
export type ProbeWords = {
  probe: { id: string; system: string; environment: string; service: string };
  words: readonly { location: string; outcome: 'pass' | 'fail' | 'silent' }[];
};

export type LocationSeries = {
  /** All of them as they stand: what is not among them any more is no longer exported. `breathe` is called after each. */
  update(
    locations: readonly LocationNumbers[],
    probes: Iterable<ProbeWords>,
    breathe?: () => Promise<void>,
  ): Promise<void>;
};

function* wordsOf(probes: Iterable<ProbeWords>): Generator<{ labels: Labels; value: number | null }> {
  for (const { probe, words } of probes) {
    const { id, system, environment, service } = probe;
    const labels = { system, environment, service, probe: id.slice(id.lastIndexOf('/') + 1) };
    for (const { location, outcome } of words)
      yield { labels: { ...labels, location }, value: outcome === 'silent' ? null : outcome === 'pass' ? 1 : 0 };
  }
}

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
    async update(locations, probes, breathe = async () => {}) {
      const of = (pick: (location: LocationNumbers) => number | null) =>
        locations.map((one) => ({ labels: { location: one.name }, value: pick(one) }));
      const ofSeen = of(({ lastSeenAt }) => (lastSeenAt === null ? null : lastSeenAt / 1_000));
      const ofOffset = of(({ offsetMs }) => (offsetMs === null ? null : offsetMs / 1_000));
      await seen(ofSeen, breathe);
      await offset(ofOffset, breathe);
      await dropped(
        of((one) => one.dropped),
        breathe,
      );
      await up(wordsOf(probes), breathe);
    },
  };
};
