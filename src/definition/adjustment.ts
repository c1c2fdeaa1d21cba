import { HOUR } from '../duration.ts';
import type { Correction, Exclusion } from '../slo/adjustment.ts';
import { dayOf, instantOf } from './local-time.ts';
import type { SystemDocument } from './spec/document.ts';

/** `service/slo` of every SLO of a system. */
export const sloNamesOf = (system: SystemDocument): readonly string[] =>
  system.services.flatMap((service) => service.slos.map((slo) => `${service.id}/${slo.id}`));

/** The names that a pattern means; * does not reach across the slash. */
export const namesLike = (pattern: string, names: readonly string[]): readonly string[] => {
  if (!pattern.includes('*')) return names.filter((name) => name === pattern);
  const like = new RegExp(`^${pattern.replaceAll('*', '[^/]*')}$`);
  return names.filter((name) => like.test(name));
};

export type ExclusionSpec = SystemDocument['exclusions'][number];
export type CorrectionSpec = SystemDocument['corrections'][number];

export const stretchOf = ({ from, to }: ExclusionSpec, zone: string): { from: number | null; to: number | null } => ({
  from: instantOf(from, zone),
  to: instantOf(to, zone),
});

/** The hour or the day that a correction is about; null when there is none. */
export const periodOf = ({ at }: CorrectionSpec, zone: string): { from: number; to: number } | null => {
  if (!at.includes('T')) return dayOf(at, zone);
  const from = instantOf(at, zone);
  return from === null ? null : { from, to: from + HOUR };
};

/** Every time exists: the lint has seen to it. */
export const exclusionsOf = (system: SystemDocument): readonly Exclusion[] =>
  system.exclusions.map((spec) => {
    const { from, to } = stretchOf(spec, system.timeZone);
    const names = sloNamesOf(system);
    const slos = new Set(spec.slos.flatMap((pattern) => namesLike(pattern, names)));
    return {
      id: spec.id,
      slos: [...slos].map((name) => `${system.id}/${name}`),
      from: from ?? 0,
      to: to ?? 0,
      owner: spec.owner,
      because: spec.because,
    };
  });

export const correctionsOf = (system: SystemDocument): readonly Correction[] =>
  system.corrections.map((spec) => ({
    id: spec.id,
    slo: `${system.id}/${spec.slo}`,
    ...(periodOf(spec, system.timeZone) ?? { from: 0, to: 0 }),
    bad: spec.bad,
    total: spec.total,
    owner: spec.owner,
    because: spec.because,
  }));
