import { lintComposite } from './lint-composite.ts';
import { lintPromql } from './lint-promql.ts';
import { lintTimeSlice } from './lint-time-slice.ts';
import type { Path } from './locate.ts';
import { idsLike, ms } from './meaning.ts';
import type { ServiceSpec, SloSpec } from './meaning.ts';
import type { SystemDocument } from './spec/document.ts';
import { connectorNamed, idsOf, lintLeast, lintName, probeNamed } from './tell.ts';
import type { Tell } from './tell.ts';

/** What no schema says about what an SLO counts. */
export const lintIndicator = (
  system: SystemDocument,
  service: ServiceSpec,
  slo: SloSpec,
  at: Path,
  tell: Tell,
): void => {
  const { indicator } = slo;
  const probes = idsOf(service.probes);
  switch (indicator.kind) {
    case 'events':
      if (
        lintName(tell, [...at, 'connector'], 'connector', indicator.connector, idsOf(system.connectors)) &&
        connectorNamed(system, indicator.connector)?.kind === 'prometheus'
      )
        tell.error(
          [...at, 'kind'],
          `kind must be promql to count by connector ${indicator.connector}, which is a prometheus`,
        );
      return;
    case 'time-slice':
      lintTimeSlice(system, service, { ...slo, indicator }, at, tell);
      return;
    case 'composite':
      lintComposite({ system, service }, slo.id, indicator, at, tell);
      return;
    case 'promql':
      lintPromql(system, indicator, at, tell);
      return;
    case 'incident-clock':
      lintLeast(tell, [...at, 'within'], 'within', indicator.within, 1);
      return;
    case 'freshness':
      lintLeast(tell, [...at, 'maxAge'], 'maxAge', indicator.maxAge, 1);
      if (
        lintName(tell, [...at, 'probe'], 'probe', indicator.probe, probes) &&
        probeNamed(service, indicator.probe)?.kind !== 'heartbeat'
      )
        tell.error(
          [...at, 'probe'],
          `probe ${indicator.probe} must be a heartbeat: freshness is the age of its last beat`,
        );
      return;
    case 'probe':
    case 'latency':
      indicator.probes.forEach((id, index) => {
        const path: Path = [...at, 'probes', index];
        if (indicator.probes.indexOf(id) !== index) {
          tell.error(path, `probe ${id} is named twice, so its checks would count twice`);
          return;
        }
        const [like] = idsLike(id, service.probes);
        if (like === undefined) tell.error(path, `no probe of this service fits ${id}`);
        else if (lintName(tell, path, 'probe', like, probes) && indicator.kind === 'latency')
          lintLatency(service, like, indicator.threshold, path, at, tell);
      });
  }
};

const lintLatency = (service: ServiceSpec, id: string, threshold: string, path: Path, at: Path, tell: Tell): void => {
  const probe = probeNamed(service, id);
  if (!probe || probe.kind === 'heartbeat') {
    tell.error(path, `probe ${id} must be one that visits a target: a heartbeat has no response time`);
    return;
  }
  lintLeast(tell, [...at, 'threshold'], 'threshold', threshold, 1);
  const limit = ms(probe.timeout) < ms(probe.every) ? probe.timeout : probe.every;
  if (ms(limit) > 0 && ms(threshold) > ms(limit))
    tell.error(
      [...at, 'threshold'],
      `threshold must not be longer than the timeout of probe ${id} (${limit}), got ${threshold}`,
    );
};
