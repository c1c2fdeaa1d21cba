import { z } from 'zod';
import { COMPARISONS } from '../../slo/comparison.ts';
import { SEVERITIES } from '../../alert/alert.ts';
import { TIER_NAMES } from '../../slo/burn-policy.ts';
import { CALENDAR_UNITS } from '../../slo/window.ts';
import { correction, exclusion } from './adjustment.ts';
import { indicator, metric } from './indicator.ts';
import { probe } from './probe.ts';
import { connector } from './provider.ts';
import { covers, duration, id, percent, text } from './scalars.ts';

/** A calendar period, or a rolling span of whole days such as 30d. */
const window = z.union([
  z.enum(CALENDAR_UNITS),
  z.string().regex(/^[1-9]\d{0,2}d$/, 'must be day, week, month, quarter, or days such as 30d'),
]);

const tier = z.strictObject({
  name: z.enum(TIER_NAMES),
  factor: z.number().min(1, 'must be at least 1: below it would fire while the objective is met'),
});

export const slo = z.strictObject({
  id,
  name: text,
  description: text.optional(),
  objective: percent,
  window,
  indicator,
  /** Replaces the default tiers; may be empty. Needs `tiersBecause`. */
  tiers: z.array(tier).optional(),
  tiersBecause: text.optional(),
  minBad: z.int().min(1).optional(),
  noData: z.strictObject({ after: duration.default('15m'), page: z.boolean().default(false) }).prefault({}),
  runbook: text.optional(),
  covers,
});

export const condition = z.strictObject({
  id,
  name: text,
  source: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('probe'),
      probe: id,
      metric,
    }),
    z.strictObject({ kind: z.literal('reading'), connector: id, metric: text }),
  ]),
  comparison: z.enum(COMPARISONS),
  threshold: z.number(),
  unit: z.string().default(''),
  for: duration.default('0s'),
  severity: z.enum(SEVERITIES),
  runbook: text.optional(),
  covers,
});

export const service = z.strictObject({
  id,
  name: text,
  /** 0 = business critical: the ladder may reach the executive. */
  tier: z.int().min(0).max(3).default(1),
  policy: id,
  probes: z.array(probe).default([]),
  slos: z.array(slo).default([]),
  conditions: z.array(condition).default([]),
  covers,
});

const maintenance = { id, because: text, services: z.array(id).min(1).optional(), for: duration };
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** Planned work, in the system's time zone: once, or on days of the week. */
const maintenanceWindow = z.union([
  z.strictObject({
    ...maintenance,
    from: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'must be a local time such as 2026-11-21T02:00'),
  }),
  z.strictObject({
    ...maintenance,
    at: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 02:00'),
    weekdays: z
      .array(z.enum(WEEKDAYS))
      .min(1)
      .default([...WEEKDAYS]),
  }),
]);

export const system = z.strictObject({
  apiVersion: z.literal('nines/v1'),
  kind: z.literal('System'),
  id,
  name: text,
  description: text.optional(),
  owner: text.optional(),
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone such as America/Toronto').default('UTC'),
  residency: z.string().optional(),
  /** How long this system's history is kept. */
  retention: duration.default('400d'),
  /** Base of relative runbooks. */
  runbooks: text.optional(),
  connectors: z.array(connector).default([]),
  maintenance: z.array(maintenanceWindow).default([]),
  /** Time that error budgets leave out, and what was counted wrongly: the books alone heed them. */
  exclusions: z.array(exclusion).default([]),
  corrections: z.array(correction).default([]),
  /** So many requests per span may be sent to somebody who counts them. */
  requestBudgets: z.array(z.strictObject({ id, requests: z.int().min(1), per: duration })).default([]),
  /** Probes (`service/probe`) of things that always answer: while too few do, the fault is on our side. */
  connectivity: z.strictObject({ probes: z.array(text).min(1), atLeast: z.int().min(1).default(1) }).optional(),
  services: z.array(service).min(1),
  covers,
});

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
