import { z } from 'zod';
import type { ProbeStatus } from '../../engine/nines.ts';
import type { StoredResult } from '../../store/store.ts';
import { instant, iso, isoOrNull, seconds } from './scalars.ts';

export const result = z
  .object({
    at: instant,
    durationSeconds: z.number(),
    outcome: z.enum(['pass', 'fail', 'unknown']),
    reason: z.string(),
    detail: z.string(),
    status: z.number().nullable(),
    phaseSeconds: z.record(z.string(), z.number()),
    certificateExpiresAt: instant.nullable(),
    location: z.string(),
    address: z.string().nullable(),
    degraded: z.boolean(),
    attempts: z.number(),
    readings: z.record(z.string(), z.number()),
    stalledSeconds: z.number(),
  })
  .meta({ id: 'CheckResult' });

export const probe = z
  .object({
    id: z.string().meta({ example: 'duru-notes/api/health' }),
    system: z.string(),
    service: z.string(),
    environment: z.string(),
    kind: z.enum(['http', 'tcp', 'tls', 'dns', 'postgres', 'redis', 'grpc', 'icmp', 'heartbeat']),
    description: z.string().nullable(),
    state: z.enum(['up', 'degraded', 'down', 'maintenance', 'no-data', 'stale', 'not-configured']),
    because: z.string().nullable(),
    since: instant.nullable(),
    explainedBy: z.string().nullable(),
    intervalSeconds: z.number(),
    last: result.nullable(),
  })
  .meta({ id: 'Probe' });

export type ProbeWire = z.output<typeof probe>;

/** A stored record of numbers (a JSON text); what is not a number is left out. */
export const numbersOf = (text: string): Record<string, number> => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
    );
  } catch {
    return {};
  }
};

export const resultWire = (stored: StoredResult): z.output<typeof result> => ({
  at: iso(stored.at),
  durationSeconds: seconds(stored.durationMs),
  outcome: stored.outcome,
  reason: stored.reason,
  detail: stored.detail,
  status: stored.status,
  phaseSeconds: Object.fromEntries(Object.entries(numbersOf(stored.phases)).map(([name, ms]) => [name, seconds(ms)])),
  certificateExpiresAt: isoOrNull(stored.certificateExpiresAt),
  location: stored.location,
  address: stored.address,
  degraded: stored.degraded,
  attempts: stored.attempts,
  readings: numbersOf(stored.readings),
  stalledSeconds: seconds(stored.stalledMs),
});

export const probeWire = ({ probe, state, since, last, explainedBy }: ProbeStatus): ProbeWire => ({
  id: probe.id,
  system: probe.system,
  service: probe.service,
  environment: probe.environment,
  kind: probe.kind,
  description: probe.description,
  state,
  because: probe.notConfigured,
  since: isoOrNull(since),
  explainedBy,
  intervalSeconds: seconds(probe.intervalMs),
  last: last && resultWire(last),
});
