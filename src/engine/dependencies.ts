import type { Alert } from '../alert/alert.ts';
import type { Catalog, CatalogProbe } from '../definition/catalog.ts';
import { MINUTE } from '../duration.ts';
import { pulledIndicator } from '../provider/provider.ts';
import { CHECK_SLOT_WIDTH } from '../slo/indicator.ts';
import type { Slo } from '../slo/slo.ts';
import { conditionOf } from './condition-keys.ts';
import type { Planned } from './excuse.ts';
import type { ProbeStatus } from './nines.ts';
import type { ProbeStates } from './probe-states.ts';
import type { Windows } from './windows.ts';

/** An alert that fires and is not told, because what it is about depends on something that is known to be down. */
export type Silenced = { alert: Alert; because: string; since: number };

export type DependenciesParts = {
  catalog: () => Catalog;
  probeStates: Pick<ProbeStates, 'status' | 'awayAt'>;
  windows: Pick<Windows, 'badStretch'>;
  planned: (system: string, service: string, at: number) => Planned;
};

export type Dependencies = {
  /** The parent that explains why a probe fails; null when none does. */
  explaining(probe: CatalogProbe, now: number): CatalogProbe | null;
  /** Why an alert is not told now; null when it is. */
  silences(alert: Alert, now: number): string | null;
};

const standing = (state: ProbeStatus['state']): string => {
  if (state === 'maintenance') return 'under maintenance';
  return state === 'down' ? 'down' : 'up again; this is from before';
};

/** After its parent is back, a child has as many checks to come up as it takes to count as up, or as down again. */
const graceOf = ({ intervalMs, failureThreshold, recoveryThreshold }: CatalogProbe): number =>
  intervalMs * Math.max(failureThreshold, recoveryThreshold);

/**
 * Checks go on and budgets are counted whatever the parents do: users of a child suffer all the same. Only the telling
 * is held back, so that one outage gives one page. A parent that is back goes on explaining what was bad before that, and
 * for a grace after it; what is bad later speaks for itself, whatever it is about.
 */
export const createDependencies = (parts: DependenciesParts): Dependencies => {
  const { catalog, probeStates, windows, planned } = parts;

  /** `badAt` is when it was last bad. */
  const explains = (parent: CatalogProbe, child: CatalogProbe, badAt: number, now: number): boolean => {
    const { state } = probeStates.status(parent, now);
    if (state === 'down' || state === 'maintenance') return true;
    const awayAt = probeStates.awayAt(parent.id);
    if ((state !== 'up' && state !== 'degraded') || awayAt === null) return false;
    return badAt <= awayAt + parent.intervalMs + graceOf(child);
  };

  const parentOf = (
    probe: CatalogProbe,
    badAt: number,
    now: number,
    seen: ReadonlySet<string> = new Set(),
  ): CatalogProbe | null => {
    for (const id of probe.dependsOn) {
      const parent = catalog().probes.get(id);
      if (!parent || seen.has(id)) continue;
      const further = parentOf(parent, badAt, now, new Set([...seen, probe.id, id]));
      if (further) return further;
      if (explains(parent, probe, badAt, now)) return parent;
    }
    return null;
  };

  /** When that of which an alert tells was last bad, as far as anybody knows. A slot ends after the check that made it bad. */
  const badAtOf = ({ slo, identity }: Alert, now: number): number => {
    const stretch = slo !== null && identity.kind === 'burn-rate' ? windows.badStretch(slo) : null;
    return stretch ? stretch.to - CHECK_SLOT_WIDTH : now;
  };

  /** The probes that an SLO is about; of a composite those of the parts that are bad. None where it is about more. */
  const probesOfSlo = ({ id, indicator }: Slo): readonly string[] => {
    if (indicator.kind === 'time-slice') return indicator.source.kind === 'probe' ? [indicator.source.probe] : [];
    if (indicator.kind !== 'composite') return 'probes' in indicator ? indicator.probes : [];
    const since = windows.badStretch(id)?.from ?? 0;
    const bad = indicator.parts.filter(({ slo }) => (windows.badStretch(slo)?.to ?? 0) > since);
    const probes = bad.map(({ slo }) => {
      const part = catalog().slos.get(slo);
      return part ? probesOfSlo(part) : [];
    });
    return probes.some((of) => of.length === 0) ? [] : probes.flat();
  };

  const probesOf = (alert: Alert): readonly string[] => {
    const slo = alert.slo === null ? undefined : catalog().slos.get(alert.slo);
    if (slo) return probesOfSlo(slo);
    const source = conditionOf(catalog(), alert.key)?.source;
    return source?.kind === 'probe' ? [source.probe] : [];
  };

  /**
   * Checks know of planned work, and what they count does too. Nobody tells a Prometheus: its rules see the work in what an
   * SLO pulls, and a service that does not serve anybody has no traffic, until what came after the work is known.
   */
  const plannedFor = (alert: Alert, now: number): Planned => {
    const { system, service, kind } = alert.identity;
    const slo = alert.slo === null ? undefined : catalog().slos.get(alert.slo);
    const isPulled = slo !== undefined && pulledIndicator(slo.indicator) !== null;
    if (kind !== 'absence' && !(kind === 'burn-rate' && isPulled)) return null;
    return (
      planned(system, service, now) ?? (isPulled ? planned(system, service, now - slo.settleLagMs - MINUTE) : null)
    );
  };

  return {
    explaining: (probe, now) => parentOf(probe, now, now),
    silences(alert, now) {
      const work = plannedFor(alert, now);
      if (work) return `${work.because} (maintenance ${work.id})`;
      const probes = probesOf(alert)
        .map((id) => catalog().probes.get(id))
        .filter((probe) => probe !== undefined);
      if (probes.every(({ dependsOn }) => dependsOn.length === 0)) return null;
      const badAt = badAtOf(alert, now);
      const parents = probes.map((probe) => parentOf(probe, badAt, now));
      const [first] = parents;
      if (!first || parents.includes(null)) return null;
      return `it depends on ${first.id}, which is ${standing(probeStates.status(first, now).state)}`;
    },
  };
};
