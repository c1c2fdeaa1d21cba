import { DAY, MINUTE, formatDuration } from '../duration.ts';
import { defaultTiers } from '../slo/burn-policy.ts';
import { MILLION } from '../slo/objective.ts';
import { isReachable, ms, ppmOf, windowDays, windowOf } from './build.ts';
import type { ConditionSpec, ServiceSpec, SloSpec } from './build.ts';
import { lintProbe } from './lint-probe.ts';
import type { Aim, Path } from './locate.ts';
import { nearest } from './near.ts';
import { oneOf } from './say.ts';
import type { SystemDocument } from './spec/document.ts';

/** How a check speaks. `error` stops the load, `warn` does not; `isLost` knows ids whose objects had mistakes of their own. */
export type Tell = {
  error(path: Path, message: string, aim?: Aim): void;
  warn(path: Path, message: string, aim?: Aim): void;
  isLost(id: string): boolean;
  isWritten(path: Path): boolean;
};

/** The same id twice in one list: told at the second. */
export const lintTwice = (tell: Tell, path: Path, entries: readonly { id: string }[]): void => {
  const seen = new Set<string>();
  entries.forEach(({ id }, index) => {
    if (seen.has(id)) tell.error([...path, index, 'id'], `id ${id} is used twice in these ${String(path.at(-1))}`);
    seen.add(id);
  });
};

/** A name of something that is defined elsewhere. */
export const lintName = (tell: Tell, path: Path, what: string, id: string, known: readonly string[]): boolean => {
  if (known.includes(id) || tell.isLost(id)) return known.includes(id);
  const meant = nearest(id, known);
  const hint = meant
    ? `did you mean ${meant}?`
    : known.length > 0
      ? `there is ${known.join(', ')}`
      : `no ${what} is defined`;
  tell.error(path, `${what} ${id} does not exist; ${hint}`);
  return false;
};

/** A duration below what makes sense. */
export const lintLeast = (tell: Tell, path: Path, name: string, text: string | undefined, least: number): void => {
  if (text !== undefined && ms(text) < least)
    tell.error(path, `${name} must be at least ${formatDuration(least)}, got ${text}`);
};

/** What no schema says: how the fields of one system agree with each other. */
export const lintSystem = (system: SystemDocument, tell: Tell): void => {
  lintLeast(tell, ['retention'], 'retention', system.retention, DAY);
  lintTwice(tell, ['connectors'], system.connectors);
  lintTwice(tell, ['services'], system.services);
  system.services.forEach((service, index) => {
    const at: Path = ['services', index];
    lintTwice(tell, [...at, 'probes'], service.probes);
    lintTwice(tell, [...at, 'slos'], service.slos);
    lintTwice(tell, [...at, 'conditions'], service.conditions);
    service.probes.forEach((probe, entry) => lintProbe(probe, [...at, 'probes', entry], tell));
    service.slos.forEach((slo, entry) => lintSlo(system, service, slo, [...at, 'slos', entry], tell));
    service.conditions.forEach((condition, entry) =>
      lintCondition(system, service, condition, [...at, 'conditions', entry], tell),
    );
  });
};

const probeNamed = (service: ServiceSpec, id: string) => service.probes.find((probe) => probe.id === id);

const lintSlo = (system: SystemDocument, service: ServiceSpec, slo: SloSpec, at: Path, tell: Tell): void => {
  lintIndicator(system, service, slo, [...at, 'indicator'], tell);
  lintTiers(slo, at, tell);
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
  const probes = service.probes.map((probe) => probe.id);
  switch (indicator.kind) {
    case 'events':
      lintName(
        tell,
        [...at, 'connector'],
        'connector',
        indicator.connector,
        system.connectors.map((connector) => connector.id),
      );
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
    default:
      indicator.probes.forEach((id, index) => {
        const path: Path = [...at, 'probes', index];
        if (indicator.probes.indexOf(id) !== index)
          tell.error(path, `probe ${id} is named twice, so its checks would count twice`);
        else if (lintName(tell, path, 'probe', id, probes) && indicator.kind === 'latency')
          lintLatency(service, id, indicator.threshold, path, at, tell);
      });
  }
};

const lintLatency = (service: ServiceSpec, id: string, threshold: string, path: Path, at: Path, tell: Tell): void => {
  const probe = probeNamed(service, id);
  if (probe?.kind !== 'http') {
    tell.error(path, `probe ${id} must be an http probe: a heartbeat has no response time`);
    return;
  }
  lintLeast(tell, [...at, 'threshold'], 'threshold', threshold, 1);
  if (ms(threshold) > ms(probe.timeout))
    tell.error(
      [...at, 'threshold'],
      `threshold must not be longer than the timeout of probe ${id} (${probe.timeout}), got ${threshold}`,
    );
};

const lintTiers = (slo: SloSpec, at: Path, tell: Tell): void => {
  const objective = ppmOf(slo.objective);
  const defaults = defaultTiers(windowOf(slo.window));
  const sum = (factor: number): string =>
    `${factor} × (1 − ${objective / MILLION}) = ${Number((factor * (1 - objective / MILLION)).toFixed(6))}, and an error ratio never exceeds 1`;
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

const lintCondition = (
  system: SystemDocument,
  service: ServiceSpec,
  condition: ConditionSpec,
  at: Path,
  tell: Tell,
): void => {
  const { source } = condition;
  lintRunbook(condition.runbook, at, tell);
  if (source.kind === 'reading') {
    lintName(
      tell,
      [...at, 'source', 'connector'],
      'connector',
      source.connector,
      system.connectors.map((connector) => connector.id),
    );
    return;
  }
  const path: Path = [...at, 'source', 'probe'];
  if (
    !lintName(
      tell,
      path,
      'probe',
      source.probe,
      service.probes.map((probe) => probe.id),
    )
  )
    return;
  const probe = probeNamed(service, source.probe);
  if (source.metric === 'failing') {
    const holds = (value: number): boolean =>
      condition.comparison === '>'
        ? value > condition.threshold
        : condition.comparison === '>='
          ? value >= condition.threshold
          : condition.comparison === '<'
            ? value < condition.threshold
            : value <= condition.threshold;
    if (holds(0) || !holds(1))
      tell.error(
        [...at, 'threshold'],
        `threshold must tell 1 (failing) from 0 (up): write comparison ">=" and threshold 1`,
      );
  } else if (probe?.kind !== 'http') {
    tell.error(path, `probe ${source.probe} must be an http probe: a heartbeat has no ${source.metric}`);
  } else if (source.metric === 'certificate-days' && probe.url.startsWith('http://')) {
    tell.error(path, `probe ${source.probe} must have an https url: without TLS there is no certificate`);
  }
};

/** Runbooks become links on pages: an address in one must be one that a browser may open. */
const lintRunbook = (runbook: string | undefined, at: Path, tell: Tell): void => {
  if (runbook !== undefined && /^[a-z][a-z0-9+.-]*:/i.test(runbook) && !/^https?:\/\//i.test(runbook))
    tell.error([...at, 'runbook'], 'runbook must be an http or https address, or relative to runbooks');
};
