import type { Catalog } from '../definition/catalog.ts';
import type { Change, Incident } from '../incident/incident.ts';
import type { TimelineEntry } from '../incident/timeline.ts';
import { timingOf } from '../incident/timing.ts';
import type { NinesRegistry } from '../metrics/registry.ts';

type Home = { system: string; environment: string; service: string };

export type IncidentMetrics = {
  /** Before a scrape: counters of services that are not there yet begin at 0. */
  begin(catalog: Catalog, open: Iterable<Incident>): void;
  /**
   * Counts what a change, once written, says of people and services. `timeline` is the incident's whole history; it is
   * read only when an episode was acknowledged, where an earlier acknowledgement may have been taken back.
   */
  count(change: Change, timeline: () => Promise<readonly TimelineEntry[]>): Promise<void>;
};

const homeOf = ({ system, environment, service }: Incident): Home => ({ system, environment, service });

/** Incidents, pages and times in prom-client. A counter that appears with its first event shows no increase: so all begin at 0. */
export const createIncidentMetrics = (metrics: NinesRegistry): IncidentMetrics => {
  const timed = new Set<string>();
  let begun: Catalog | null = null;

  /** When an incident opens: nobody has acknowledged it by then. Histograms of all services would be far too many lines. */
  const time = (home: Home): void => {
    const key = Object.values(home).join('/');
    if (timed.has(key)) return;
    timed.add(key);
    metrics.incidentAcknowledge.zero(home);
    metrics.incidentRecover.zero(home);
  };

  const count = ({ incident, entries, notices }: Change): void => {
    const home = homeOf(incident);
    time(home);
    for (const notice of notices)
      if (notice.kind === 'page') metrics.incidentPages.inc({ ...home, level: String(notice.level) });
    for (const { kind } of entries) {
      if (kind === 'opened') metrics.incidentsOpened.inc({ ...home, severity: incident.severity });
      if (kind !== 'resolved') continue;
      metrics.incidentsResolved.inc({ ...home, by: incident.resolved?.by ? 'person' : 'recovery' });
      const { recoverMs } = timingOf(incident, entries);
      if (recoverMs !== null) metrics.incidentRecover.observe(home, recoverMs / 1_000);
    }
  };

  return {
    begin: (catalog, open) => {
      for (const incident of open) time(homeOf(incident));
      if (catalog === begun) return;
      begun = catalog;
      for (const { system, local: service } of catalog.services.values()) {
        const home = { system, environment: catalog.environment, service };
        for (const severity of ['critical', 'warning']) metrics.incidentsOpened.inc({ ...home, severity }, 0);
        for (const by of ['recovery', 'person']) metrics.incidentsResolved.inc({ ...home, by }, 0);
        for (const level of ['1', '2', '3', '4']) metrics.incidentPages.inc({ ...home, level }, 0);
      }
    },
    count: async (change, timeline) => {
      count(change);
      const acknowledged = change.entries.find(({ kind }) => kind === 'acknowledged');
      if (!acknowledged) return;
      const { incident } = change;
      const { acknowledgeMs } = timingOf(incident, await timeline());
      // The first of the episode only: whoever takes over later did not make it faster.
      if (acknowledgeMs === Math.max(0, acknowledged.at - incident.episodeAt))
        metrics.incidentAcknowledge.observe(homeOf(incident), acknowledgeMs / 1_000);
    },
  };
};
