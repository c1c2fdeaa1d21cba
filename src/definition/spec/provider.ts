import { z } from 'zod';
import { duration, id, text } from './scalars.ts';

/**
 * A vendor that already measures and that this version does not read yet. The kinds are named so that a system can be
 * written down whole; what reads from one is shown as *not configured*.
 */
const UNSERVED_KINDS = [
  'cloudwatch',
  'prometheus-text',
  'notification-service',
  'railway',
  'supabase',
  'vercel',
  'sentry',
  'kong',
] as const;

/** Prometheus itself, or what speaks its HTTP API: Mimir, Thanos, VictoriaMetrics, Grafana Cloud. */
export const prometheusConnector = z.strictObject({
  id,
  kind: z.literal('prometheus'),
  /** Where `/api/v1/query` lies below. */
  url: text,
  /** Sent as `Authorization: Bearer`. */
  token: text.optional(),
  /** Sent as `X-Scope-OrgID`. */
  tenant: text.optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** How often it gets new samples of what is asked for. */
  scrapeInterval: duration.default('30s'),
  /** How long after a scrape its samples can be queried. */
  settle: duration.default('30s'),
  timeout: duration.default('10s'),
});

export const connector = z.discriminatedUnion('kind', [
  prometheusConnector,
  z.strictObject({ id, kind: z.enum(UNSERVED_KINDS) }),
]);
