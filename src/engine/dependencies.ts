import type { Alert } from '../alert/alert.ts';
import type { Catalog, CatalogProbe } from '../definition/catalog.ts';
import { conditionOf } from './condition-keys.ts';
import type { Planned } from './excuse.ts';
import type { ProbeStates } from './probe-states.ts';

/** An alert that fires and is not told, because what it is about depends on something that is known to be down. */
export type Silenced = { alert: Alert; because: string; since: number };

export type DependenciesParts = {
  catalog: () => Catalog;
  probeStates: ProbeStates;
  planned: (system: string, service: string, at: number) => Planned;
};

export type Dependencies = {
  /** The parent that explains why a probe fails; null when none does. */
  explaining(probe: CatalogProbe, now: number): CatalogProbe | null;
  /** Why an alert is not told now; null when it is. */
  silences(alert: Alert, now: number): string | null;
};

/**
 * Checks go on and budgets are counted whatever the parents do: users of a child suffer all the same. Only the telling
 * is held back, so that one outage gives one page. A parent that is up again keeps explaining what its children failed
 * before that; a child that goes on failing for as many checks as make it count as down speaks for itself.
 */
export const createDependencies = ({ catalog, probeStates, planned }: DependenciesParts): Dependencies => {
  const explains = (parent: CatalogProbe, child: CatalogProbe, now: number): boolean => {
    const { state, since } = probeStates.status(parent, now);
    if (state === 'down' || state === 'maintenance') return true;
    if (state !== 'up' && state !== 'degraded') return false;
    if (since === null || !probeStates.wasDown(parent.id)) return false;
    return probeStates.failedSince(child.id, since) < child.failureThreshold;
  };

  const explaining = (probe: CatalogProbe, now: number, seen: ReadonlySet<string> = new Set()): CatalogProbe | null => {
    for (const id of probe.dependsOn) {
      const parent = catalog().probes.get(id);
      if (!parent || seen.has(id)) continue;
      const further = explaining(parent, now, new Set([...seen, probe.id, id]));
      if (further) return further;
      if (explains(parent, probe, now)) return parent;
    }
    return null;
  };

  /** The probes that an alert is about; none where it is about something else. */
  const probesOf = (alert: Alert): readonly string[] => {
    const indicator = alert.slo === null ? undefined : catalog().slos.get(alert.slo)?.indicator;
    if (indicator) return 'probes' in indicator ? indicator.probes : [];
    const source = conditionOf(catalog(), alert.key)?.source;
    return source?.kind === 'probe' ? [source.probe] : [];
  };

  return {
    explaining,
    silences(alert, now) {
      const { system, service, kind } = alert.identity;
      const work = kind === 'absence' ? planned(system, service, now) : null;
      if (work) return `${work.because} (maintenance ${work.id})`;
      const probes = probesOf(alert)
        .map((id) => catalog().probes.get(id))
        .filter((probe) => probe !== undefined);
      if (probes.every(({ dependsOn }) => dependsOn.length === 0)) return null;
      const parents = probes.map((probe) => explaining(probe, now));
      const [first] = parents;
      if (!first || parents.includes(null)) return null;
      const { state } = probeStates.status(first, now);
      return `it depends on ${first.id}, which is ${state === 'maintenance' ? 'under maintenance' : 'down'}`;
    },
  };
};
