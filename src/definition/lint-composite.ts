import { partNamed } from './indicator.ts';
import type { Around } from './indicator.ts';
import type { Path } from './locate.ts';
import type { IndicatorOf, SloSpec } from './meaning.ts';
import { lintName } from './tell.ts';
import type { Tell } from './tell.ts';

/** What no schema says about a composite. */
export const lintComposite = (
  around: Around,
  id: string,
  { parts }: IndicatorOf<'composite'>,
  at: Path,
  tell: Tell,
): void => {
  const { system, service } = around;
  const known = new Set([
    ...service.slos.map((slo) => slo.id),
    ...system.services.flatMap((one) => one.slos.map((slo) => `${one.id}/${slo.id}`)),
  ]);
  const self = `${service.id}/${id}`;
  const seen = new Set<string>();
  parts.forEach(({ slo: name }, index) => {
    const path: Path = [...at, 'parts', index, 'slo'];
    const local = name.slice(name.lastIndexOf('/') + 1);
    if (tell.isLost(local) || !lintName(tell, path, 'slo', name, known)) return;
    const part = partNamed(around, name);
    if (!part) return;
    const whole = `${part.service.id}/${part.slo.id}`;
    if (seen.has(whole)) tell.error(path, `slo ${name} is a part twice; give it a weight instead`);
    seen.add(whole);
    if (whole === self) tell.error(path, `slo ${name} must not be a part of itself`);
    else if (holdsPart(part, self, new Set()))
      tell.error(path, `slo ${name} must not be a part: it counts ${self} in turn`);
    else if (part.slo.indicator.kind === 'incident-clock')
      tell.error(path, `slo ${name} must not be a part: it counts incidents, which are no events to be added up`);
  });
};

/** Whether a composite counts `wanted`, directly or through its parts. */
const holdsPart = (around: Around & { slo: SloSpec }, wanted: string, seen: Set<string>): boolean => {
  const { service, slo } = around;
  const whole = `${service.id}/${slo.id}`;
  if (slo.indicator.kind !== 'composite' || seen.has(whole)) return false;
  seen.add(whole);
  return slo.indicator.parts.some(({ slo: name }) => {
    const part = partNamed(around, name);
    return part !== undefined && (`${part.service.id}/${part.slo.id}` === wanted || holdsPart(part, wanted, seen));
  });
};
