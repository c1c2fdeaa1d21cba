import { DAY, MINUTE, formatDuration } from '../duration.ts';
import { defaultTiers } from '../slo/burn-policy.ts';
import { MILLION, budgetShare } from '../slo/objective.ts';
import type { Path } from './locate.ts';
import { lintIndicator } from './lint-indicator.ts';
import { idsLike, isReachable, ms, ppmOf, tiersOf, windowDays, windowOf } from './meaning.ts';
import type { ServiceSpec, SloSpec } from './meaning.ts';
import { oneOf } from './say.ts';
import { lintRunbook } from './runbook.ts';
import type { SystemDocument } from './spec/document.ts';
import { lintLeast, probeNamed } from './tell.ts';
import type { Tell } from './tell.ts';

/** What no schema says about one SLO. */
export const lintSlo = (system: SystemDocument, service: ServiceSpec, slo: SloSpec, at: Path, tell: Tell): void => {
  lintIndicator(system, service, slo, [...at, 'indicator'], tell);
  lintShare(slo, at, tell);
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

/** Nobody promises less than one in a hundred. */
const lintShare = ({ objective }: SloSpec, at: Path, tell: Tell): void => {
  if (objective < 1)
    tell.warn(
      [...at, 'objective'],
      `objective is in percent, and ${objective} is less than one; did you mean ${Number((objective * 100).toFixed(4))}?`,
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
