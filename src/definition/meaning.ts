import { parseDuration } from '../duration.ts';
import { defaultTiers } from '../slo/burn-policy.ts';
import type { Tier } from '../slo/burn-policy.ts';
import { budgetShare, ppmFromPercent } from '../slo/objective.ts';
import type { Ppm } from '../slo/objective.ts';
import { CALENDAR_UNITS } from '../slo/window.ts';
import type { Window } from '../slo/window.ts';
import type { PoliciesDocument, SystemDocument } from './spec/document.ts';

export type ServiceSpec = SystemDocument['services'][number];
export type ProbeSpec = ServiceSpec['probes'][number];
export type SloSpec = ServiceSpec['slos'][number];
export type IndicatorSpec = SloSpec['indicator'];
export type IndicatorOf<Kind extends IndicatorSpec['kind']> = Extract<IndicatorSpec, { kind: Kind }>;
export type ConnectorSpec = SystemDocument['connectors'][number];
export type ConditionSpec = ServiceSpec['conditions'][number];
export type PolicySpec = PoliciesDocument['policies'][number];
export type ChannelSpec = PoliciesDocument['channels'][number];

/** A duration that the schema has already accepted, in ms. */
export const ms = (text: string): number => parseDuration(text) ?? 0;

export const windowOf = (text: SloSpec['window']): Window => {
  const unit = CALENDAR_UNITS.find((candidate) => candidate === text);
  return unit ? { kind: 'calendar', unit } : { kind: 'rolling', days: Number(text.slice(0, -1)) };
};

const UNIT_DAYS = { day: 1, week: 7, month: 31, quarter: 92 } as const;

/** The most days that a window spans. */
export const windowDays = (window: Window): number =>
  window.kind === 'rolling' ? window.days : UNIT_DAYS[window.unit];

export const ppmOf = (objective: number): Ppm => ppmFromPercent(objective) ?? 0;

/** A burn rate above `factor` needs an error ratio above factor × (1 − objective), and no ratio exceeds 1. */
export const isReachable = (factor: number, objective: Ppm): boolean => factor * budgetShare(objective) < 1;

/** Declared tiers, with the look-backs that their names have for this window; else the reachable default ones. */
export const tiersOf = (spec: SloSpec): readonly Tier[] => {
  const defaults = defaultTiers(windowOf(spec.window));
  if (!spec.tiers) return defaults.filter((tier) => isReachable(tier.factor, ppmOf(spec.objective)));
  return spec.tiers.flatMap(({ name, factor }) => {
    const tier = defaults.find((one) => one.name === name);
    return tier ? [{ ...tier, factor }] : [];
  });
};

/** The ids that a name of a list means: itself, or with * all that fit. */
export const idsLike = (name: string, list: readonly { id: string }[]): readonly string[] => {
  if (!name.includes('*')) return [name];
  const pattern = new RegExp(`^${name.replaceAll('*', '.*')}$`);
  return list.filter(({ id }) => pattern.test(id)).map(({ id }) => id);
};

export const isHttpUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
};

const SCHEMES = { postgres: /^postgres(?:ql)?:\/\/\S/i, redis: /^rediss?:\/\/\S/i };

export const isDatabaseUrl = (text: string, kind: keyof typeof SCHEMES): boolean => SCHEMES[kind].test(text);
