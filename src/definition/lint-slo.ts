import { DAY, MINUTE, formatDuration } from '../duration.ts';
import { defaultTiers } from '../slo/burn-policy.ts';
import { MILLION, budgetShare } from '../slo/objective.ts';
import type { Path } from './locate.ts';
import { idsLike, isReachable, ms, ppmOf, tiersOf, windowDays, windowOf } from './meaning.ts';
import type { ServiceSpec, SloSpec } from './meaning.ts';
import { oneOf } from './say.ts';
import type { SystemDocument } from './spec/document.ts';
import { idsOf, lintLeast, lintName, lintRunbook, probeNamed } from './tell.ts';
import type { Tell } from './tell.ts';

/** What no schema says about one SLO. */
export const lintSlo = (system: SystemDocument, service: ServiceSpec, slo: SloSpec, at: Path, tell: Tell): void => {
  lintIndicator(system, service, slo, [...at, 'indicator'], tell);
  lintTiers(slo, at, tell);
  lintLeastChecks(service, slo, at, tell);
  const days = windowDays(windowOf(slo.window));
  if (ms(system.retention) < days * DAY)
    tell.error(
      [...at, 'window'],
      `window ${slo.window} spans ${days} days, longer than the system's retention of ${system.retention}`,
    );
  lintLeast(tell, [...at, 'noData', 'after'], 'noData.after', slo.noData.after, 15 * MINUTE);
  lintRunbook(slo.runbook, at, tell);
};

const lintIndicator = (system: SystemDocument, service: ServiceSpec, slo: SloSpec, at: Path, tell: Tell): void => {
  const { indicator } = slo;
  const probes = idsOf(service.probes);
  switch (indicator.kind) {
    case 'events':
      lintName(tell, [...at, 'connector'], 'connector', indicator.connector, idsOf(system.connectors));
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

const lintTiers = (slo: SloSpec, at: Path, tell: Tell): void => {
  const objective = ppmOf(slo.objective);
  const defaults = defaultTiers(windowOf(slo.window));
  const sum = (factor: number): string =>
    `${factor} × (1 − ${objective / MILLION}) = ${Number((factor * budgetShare(objective)).toFixed(6))}, and an error ratio never exceeds 1`;
  if (!slo.tiers) {
    if (slo.tiersBecause !== undefined)
      tell.error([...at, 'tiersBecause'], 'tiersBecause needs tiers beside it', { key: true });
    for (const tier of defaults) {
      if (!isReachable(tier.factor, objective))
        tell.warn([...at, 'objective'], `objective leaves ${tier.name} out: ${sum(tier.factor)}`);
    }
    return;
  }
  if (slo.tiersBecause === undefined)
    tell.error([...at, 'tiers'], 'tiers needs tiersBecause beside it: one sentence why not the default', { key: true });
  const names = defaults.map((tier) => tier.name);
  slo.tiers.forEach((tier, index) => {
    const path: Path = [...at, 'tiers', index];
    if (!names.includes(tier.name))
      tell.error([...path, 'name'], `name must be ${oneOf(names)} for a window of ${slo.window}, got ${tier.name}`);
    else if (slo.tiers?.findIndex((other) => other.name === tier.name) !== index)
      tell.error([...path, 'name'], `name ${tier.name} is used twice in these tiers`);
    if (!isReachable(tier.factor, objective))
      tell.error([...path, 'factor'], `factor can never be reached: ${sum(tier.factor)}`);
  });
};

/** A tier that asks for more bad checks than are made in its look-back never fires. */
const lintLeastChecks = (service: ServiceSpec, slo: SloSpec, at: Path, tell: Tell): void => {
  const { indicator } = slo;
  if (indicator.kind !== 'probe' && indicator.kind !== 'latency') return;
  const named = indicator.probes.flatMap((id) => idsLike(id, service.probes).slice(0, 1));
  const intervals = named.flatMap((id) => probeNamed(service, id) ?? []).map((probe) => ms(probe.every));
  const least = slo.minBad ?? 3;
  for (const tier of tiersOf(slo)) {
    const checks = intervals.reduce((sum, interval) => sum + tier.longMs / Math.max(1, interval), 0);
    if (intervals.length > 0 && tier.severity === 'critical' && checks < least)
      tell.warn(
        [...at, 'indicator', 'probes'],
        `probes are checked too rarely for ${tier.name}: it needs ${least} bad checks in ${formatDuration(tier.longMs)}`,
      );
  }
};
