import { METRICS } from '../names.ts';
import type { Labels, Series } from './series.ts';
import { createSet } from './set.ts';

/** How far the open incident of a service has climbed: 0 = none is open, or it has not reached its first level. */
export type LevelNumbers = { system: string; environment: string; service: string; level: number };

/** A thing that took place; epoch ms. Without a service it is about the whole system. */
export type HappeningNumbers = { system: string; service: string | null; kind: string; at: number };

export type IncidentSeries = {
  /** All of them as they stand: what is not among them any more is no longer exported. */
  update(
    levels: readonly LevelNumbers[],
    happenings: readonly HappeningNumbers[],
    environment: string,
    breathe?: () => Promise<void>,
  ): Promise<void>;
};

/** The newest of each kind. */
const newest = (happenings: readonly HappeningNumbers[], environment: string) => {
  const found = new Map<string, { labels: Labels; value: number }>();
  for (const { system, service, kind, at } of happenings) {
    const labels = { system, environment, ...(service !== null && { service }), kind };
    const key = JSON.stringify(labels);
    found.set(key, { labels, value: Math.max(at / 1_000, found.get(key)?.value ?? 0) });
  }
  return found.values();
};

/** Levels of incidents, and what charts mark: deploys and other happenings. */
export const createIncidentSeries = (series: Series): IncidentSeries => {
  const level = createSet(
    series.gauge(METRICS.incidentLevel, 'How far the open incident has climbed, 1 to 4; 0 while there is none.'),
  );
  const happening = createSet(
    series.gauge(METRICS.happening, 'When something of this kind last took place, unix time; for a day.'),
  );
  return {
    update: async (levels, happenings, environment, breathe = async () => {}) => {
      await level(
        levels.map(({ level: value, ...labels }) => ({ labels, value })),
        breathe,
      );
      await happening(newest(happenings, environment), breathe);
    },
  };
};
