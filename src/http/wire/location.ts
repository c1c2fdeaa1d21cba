import { z } from 'zod';
import type { LocationStatus } from '../../engine/locations.ts';
import { REASONS, type CheckResult } from '../../probe/probe.ts';
import { instant, isoOrNull, seconds } from './scalars.ts';

/** What agents and server say to each other may change only together with this number. */
export const PROTOCOL = 1;
/** As many results as the store keeps of one probe and location: of what is repeated, nothing was thrown away yet. */
export const MOST_RESULTS = 200;

export const location = z
  .object({
    name: z.string().meta({ example: 'frankfurt' }),
    state: z.enum(['joined', 'silent', 'never']).meta({ description: 'silent: not seen for a minute' }),
    lastSeenAt: instant.nullable(),
    clockOffsetSeconds: z.number().nullable().meta({ description: 'the clock of Nines less that of the agent' }),
    version: z.string().nullable(),
    probes: z.int(),
    backlog: z.int().meta({ description: 'results that waited at its last sign of life' }),
    dropped: z.int().meta({ description: 'results that no longer fitted into its memory' }),
    refused: z.int().meta({ description: 'results of probes that are not its own, or of another time' }),
  })
  .meta({ id: 'Location' });

export const locationWire = (status: LocationStatus): z.output<typeof location> => {
  const { lastSeenAt, offsetMs, ...rest } = status;
  return {
    ...rest,
    lastSeenAt: isoOrNull(lastSeenAt),
    clockOffsetSeconds: offsetMs === null ? null : seconds(offsetMs),
  };
};

const count = z.int().min(0);

export const hello = z.object({
  protocol: z.int(),
  agent: z.string().min(1).max(64).meta({ description: 'one process of an agent' }),
  version: z.string().max(64),
  revision: z.string().max(64).nullable().meta({ description: 'of the targets it has' }),
  waitMs: z.number().min(0).max(20_000),
  offsetMs: z.number().nullable(),
  backlog: count,
  dropped: count,
});

const text = z.string().transform((value) => value.slice(0, 500));
const duration = z.number().min(0).max(3_600_000);
const DAY_9999 = 253_402_300_799_000;

/** One check result of an agent. Whatever does not fit is refused by itself, and its neighbours are taken. */
const report = z.object({
  probe: z.string().max(500),
  at: z.int().min(0).max(DAY_9999),
  durationMs: duration,
  outcome: z.enum(['pass', 'fail', 'unknown']),
  reason: z.enum(REASONS),
  detail: text,
  status: z.int().min(0).max(999).nullable(),
  phases: z
    .object({ resolve: duration, connect: duration, tls: duration, processing: duration, transfer: duration })
    .partial(),
  certificateExpiresAt: z.number().min(-DAY_9999).max(DAY_9999).nullable(),
  address: z.string().max(100).nullable(),
  degraded: z.boolean(),
  attempts: z.int().min(1).max(100),
  readings: z
    .record(z.string().max(100), z.number())
    .refine((readings) => Object.keys(readings).length <= 50, 'more than 50 readings'),
  lateMs: duration,
  stalledMs: duration,
  suspect: z.boolean(),
  coversMs: duration.optional(),
});

export const reports = z.object({ results: z.array(z.unknown()).max(MOST_RESULTS) });

/** The results that can be read. */
export const resultsIn = (results: readonly unknown[]): CheckResult[] =>
  results.flatMap((one) => {
    const read = report.safeParse(one);
    return read.success ? [read.data as CheckResult] : [];
  });
