import type { Catalog } from '../../definition/catalog.ts';
import { burning, type Incident } from '../../incident/incident.ts';
import { conditionOf } from '../condition-keys.ts';
import { forEach } from '../each.ts';
import type { Incidents } from '../incidents.ts';
import type { ProbeStates } from '../probe-states.ts';

/** Probes whose checks can prove an alert over; none where single checks cannot (latency, other readings). */
const probesOf = (catalog: Catalog, alert: { key: string; slo: string | null }): readonly string[] => {
  const indicator = alert.slo === null ? null : catalog.slos.get(alert.slo)?.indicator;
  if (indicator) return indicator.kind === 'probe' ? indicator.probes : [];
  const source = conditionOf(catalog, alert.key)?.source;
  return source?.kind === 'probe' && source.metric === 'failing' ? [source.probe] : [];
};

/** Every alert that burns is about probes that have passed three times in a row since the episode began, just now. */
const isRecovered = (incident: Incident, catalog: Catalog, probeStates: ProbeStates, now: number): boolean => {
  const probes = burning(incident).map((alert) => probesOf(catalog, alert));
  return probes.every(
    (ids) =>
      ids.length > 0 &&
      ids.every((id) => {
        const probe = catalog.probes.get(id);
        return probe !== undefined && probeStates.provedSince(probe, incident.episodeAt, now);
      }),
  );
};

/** Tells incidents that wait for L1 what fresh samples say, when it is news. */
export const prove = (
  parts: { incidents: Incidents; probeStates: ProbeStates },
  catalog: Catalog,
  now: number,
): Promise<void> =>
  forEach(parts.incidents.open(), async ({ incident, revision }) => {
    const proved = incident.state === 'clearing' && incident.proved === true;
    if (incident.state !== 'recovering' && !proved) return;
    const recovered = isRecovered(incident, catalog, parts.probeStates, now);
    if (recovered === proved) return;
    const event = { id: `samples:${incident.id}:${revision}`, at: now, type: 'samples', recovered } as const;
    await parts.incidents.hear({ incident: incident.id }, event);
  });
