import { DAY } from '../duration.ts';
import { namesLike, periodOf, sloNamesOf, stretchOf } from './adjustment.ts';
import type { CorrectionSpec, ExclusionSpec } from './adjustment.ts';
import type { Path } from './locate.ts';
import { windowDays, windowOf } from './meaning.ts';
import type { SystemDocument } from './spec/document.ts';
import { lintName, lintTwice } from './tell.ts';
import type { Tell } from './tell.ts';

/** What people take out of budgets: of SLOs that exist, at times that exist, and never a whole budget unnoticed. */
export const lintAdjustments = (system: SystemDocument, tell: Tell): void => {
  lintTwice(tell, ['exclusions'], system.exclusions);
  lintTwice(tell, ['corrections'], system.corrections);
  system.exclusions.forEach((spec, index) => lintExclusion(system, spec, ['exclusions', index], tell));
  system.corrections.forEach((spec, index) => lintCorrection(system, spec, ['corrections', index], tell));
};

const lintExclusion = (system: SystemDocument, spec: ExclusionSpec, at: Path, tell: Tell): void => {
  const names = sloNamesOf(system);
  spec.slos.forEach((pattern, place) => {
    const path: Path = [...at, 'slos', place];
    if (!pattern.includes('*')) lintSlo(tell, path, pattern, names);
    else if (namesLike(pattern, names).length === 0) tell.error(path, `no slo is called ${pattern}`);
  });
  const { from, to } = stretchOf(spec, system.timeZone);
  for (const [field, instant] of [['from', from] as const, ['to', to] as const])
    if (instant === null) tell.error([...at, field], `${field} must be a time that exists, got ${spec[field]}`);
  if (from === null || to === null) return;
  if (to <= from) {
    tell.error([...at, 'to'], `to must be after from, which is ${spec.from}, got ${spec.to}`);
    return;
  }
  const emptied = system.services
    .flatMap((service) => service.slos.map((slo) => ({ name: `${service.id}/${slo.id}`, slo })))
    .filter(({ name }) => spec.slos.some((pattern) => namesLike(pattern, [name]).length > 0))
    .find(({ slo }) => to - from >= windowDays(windowOf(slo.window)) * DAY);
  if (emptied)
    tell.warn([...at, 'to'], `to leaves nothing of the budget of ${emptied.name}: its window is ${emptied.slo.window}`);
};

const lintCorrection = (system: SystemDocument, spec: CorrectionSpec, at: Path, tell: Tell): void => {
  lintSlo(tell, [...at, 'slo'], spec.slo, sloNamesOf(system));
  if (periodOf(spec, system.timeZone) === null)
    tell.error([...at, 'at'], `at must be a day or an hour that exists, got ${spec.at}`);
  if (spec.bad === 0 && spec.total === 0)
    tell.error([...at, 'id'], `correction ${spec.id} changes nothing: bad or total must be other than 0`);
};

/** A service or an SLO that had mistakes of its own may well define the name. */
const lintSlo = (tell: Tell, path: Path, name: string, names: readonly string[]): void => {
  if (!name.split('/').some((part) => tell.isLost(part))) lintName(tell, path, 'slo', name, new Set(names));
};
