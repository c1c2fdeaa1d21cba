import { z } from 'zod';
import { covers, duration, id, text } from './scalars.ts';

const statusClass = z.union([z.int().min(100).max(599), z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])]);

/** One thing that the answer must fulfil; the key says what. */
export const assertion = z.strictObject({
  status: z.union([statusClass, z.array(statusClass).min(1)]).optional(),
  header: z
    .strictObject({
      name: text,
      equals: z.string().optional(),
      matches: z.string().optional(),
      absent: z.boolean().optional(),
    })
    .optional(),
  json: z.strictObject({ path: text, equals: z.union([z.string(), z.number(), z.boolean(), z.null()]) }).optional(),
  body: z
    .strictObject({ contains: z.string().optional(), matches: z.string().optional(), not: z.boolean().optional() })
    .optional(),
  responseTime: duration.optional(),
  certificate: duration.optional(),
});

const thresholds = {
  /** Failed checks in a row before the probe counts as down, passed ones before it counts as up. */
  failureThreshold: z.int().min(1).max(100).default(2),
  recoveryThreshold: z.int().min(1).max(100).default(2),
};

export const httpProbe = z.strictObject({
  id,
  kind: z.literal('http'),
  description: text.optional(),
  url: text,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  redirects: z
    .strictObject({
      follow: z.boolean().default(true),
      limit: z.int().min(0).max(20).default(5),
      allowDowngrade: z.boolean().default(false),
    })
    .prefault({}),
  every: duration.default('30s'),
  timeout: duration.default('10s'),
  maxBodyBytes: z
    .int()
    .min(1)
    .max(64 * 1024 * 1024)
    .default(1024 * 1024),
  ca: text.optional(),
  assert: z.array(assertion).default([{ status: '2xx' }]),
  ...thresholds,
  covers,
});

/** Something of ours reports in; silence longer than `every` + `grace` is a failure. */
export const heartbeatProbe = z.strictObject({
  id,
  kind: z.literal('heartbeat'),
  description: text.optional(),
  every: duration,
  grace: duration.default('1m'),
  covers,
});

export const probe = z.discriminatedUnion('kind', [httpProbe, heartbeatProbe]);
