import { z } from 'zod';
import type { Adjustment } from '../../slo/adjustment.ts';
import { percentText } from '../../slo/objective.ts';
import { SLO_STATES } from '../../slo/status.ts';
import type { BurnRate, SloStatus, TierStatus } from '../../slo/status.ts';
import type { Window } from '../../slo/window.ts';
import { finite, instant, iso, isoOrNull, seconds, share } from './scalars.ts';

const lookBack = z.object({
  label: z.string(),
  seconds: z.number(),
  rate: z.number().nullable(),
  coverage: share,
  bad: z.number(),
  total: z.number(),
});

const adjustment = z.object({
  kind: z.enum(['exclusion', 'correction']),
  id: z.string(),
  owner: z.string(),
  because: z.string(),
  from: instant,
  to: instant,
  takesAway: z
    .object({ bad: z.number(), total: z.number() })
    .meta({ description: 'events taken out of the budget; below 0 where a correction adds some' }),
  how: z.enum(['exact', 'by-hour', 'in-part']).meta({
    description:
      'by-hour: of an hour that it cuts only the sum is known, which counts in proportion; in-part: it asks for more than was counted',
  }),
});

const tier = z.object({
  name: z.string(),
  factor: z.number(),
  severity: z.enum(['critical', 'warning']),
  status: z.enum(['pending', 'firing', 'stale', 'clear', 'unknown']),
  budgetShare: share.meta({ description: 'of the budget that is gone when this tier fires' }),
  long: lookBack,
  short: lookBack,
});

export const slo = z
  .object({
    id: z.string().meta({ example: 'duru-notes/api/availability' }),
    system: z.string(),
    service: z.string(),
    environment: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    objective: z.number().meta({ description: 'percent', example: 99.9 }),
    window: z.string().meta({ description: 'day, week, month, quarter, or rolling days such as 30d' }),
    state: z.enum(SLO_STATES),
    because: z.string().nullable(),
    budget: z.object({
      remaining: share.nullable(),
      consumed: share.nullable(),
      good: z.number(),
      bad: z.number(),
      badAllowed: z.number().nullable(),
      total: z.number(),
      attained: share.nullable(),
      coverage: share,
      from: instant,
      to: instant,
      days: z.object({ have: z.number(), of: z.number() }),
      adjustments: z.array(adjustment).meta({ description: 'exclusions and corrections that reach into the window' }),
      before: z
        .object({ remaining: share.nullable(), bad: z.number(), total: z.number() })
        .nullable()
        .meta({ description: 'as it was counted, without adjustments; null where there are none' }),
    }),
    burnRates: z
      .record(z.string(), z.number().nullable())
      .meta({ description: 'by look-back; null = no data, which is not 0' }),
    tiers: z.array(tier),
    coverage: share,
    lastDataAt: instant.nullable(),
    forecast: z.object({
      kind: z.enum(['lasts', 'ends', 'gone', 'no-data']),
      text: z.string(),
      endsAt: instant.nullable(),
    }),
    runbook: z.string().nullable(),
  })
  .meta({ id: 'Slo' });

export type SloWire = z.output<typeof slo>;

export const windowText = (window: Window): string => (window.kind === 'calendar' ? window.unit : `${window.days}d`);

const lookBackWire = (burn: BurnRate): z.output<typeof lookBack> => ({
  label: burn.label,
  seconds: seconds(burn.ms),
  rate: finite(burn.rate),
  coverage: burn.coverage,
  bad: burn.bad,
  total: burn.total,
});

const tierWire = ({ name, factor, severity, status, budgetShare, long, short }: TierStatus): z.output<typeof tier> => ({
  name,
  factor,
  severity,
  status,
  budgetShare,
  long: lookBackWire(long),
  short: lookBackWire(short),
});

const adjustmentWire = ({ from, to, ...rest }: Adjustment): z.output<typeof adjustment> => ({
  ...rest,
  from: iso(from),
  to: iso(to),
});

export const sloWire = (status: SloStatus): SloWire => {
  const { slo, budget, forecast } = status;
  const remaining = finite(budget.remaining);
  return {
    id: slo.id,
    system: slo.system,
    service: slo.service,
    environment: slo.environment,
    name: slo.name,
    description: slo.description,
    objective: Number(percentText(slo.objective)),
    window: windowText(slo.window),
    state: status.state,
    because: status.because,
    budget: {
      remaining,
      consumed: remaining === null ? null : 1 - remaining,
      good: budget.good,
      bad: budget.bad,
      badAllowed: finite(budget.badAllowed),
      total: budget.total,
      attained: finite(budget.attained),
      coverage: budget.coverage,
      from: iso(budget.span.from),
      to: iso(budget.span.to),
      days: budget.days,
      adjustments: budget.adjustments.map(adjustmentWire),
      before: budget.before && { ...budget.before, remaining: finite(budget.before.remaining) },
    },
    burnRates: Object.fromEntries(status.burnRates.map((burn) => [burn.label, finite(burn.rate)])),
    tiers: status.tiers.map(tierWire),
    coverage: budget.coverage,
    lastDataAt: isoOrNull(status.lastDataAt),
    forecast: { kind: forecast.kind, text: forecast.text, endsAt: isoOrNull(forecast.endsAt) },
    runbook: slo.runbook,
  };
};
