import { z } from 'zod';
import { duration, text } from './scalars.ts';

const statusClass = z.union([z.int().min(100).max(599), z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])]);

export const TLS_VERSIONS = ['1.0', '1.1', '1.2', '1.3'] as const;

/** One thing that the answer must fulfil; the key says what. Which keys a kind of probe knows is checked beside this. */
export const assertion = z.strictObject({
  /** HTTP */
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
  /** Strict-Transport-Security with at least this age. */
  hsts: z
    .strictObject({
      maxAge: duration.default('180d'),
      includeSubDomains: z.boolean().default(false),
      preload: z.boolean().default(false),
    })
    .optional(),
  /** Whether a page of `origin` may read the answer; the check sends that Origin. */
  cors: z
    .strictObject({
      origin: text,
      allowed: z.boolean().default(true),
      method: z.string().optional(),
      credentials: z.boolean().default(false),
    })
    .optional(),
  /** The answer came compressed in this way. */
  encoding: z.enum(['gzip', 'br', 'deflate', 'zstd', 'identity']).optional(),
  /** TLS */
  certificate: duration.optional(),
  issuer: z.strictObject({ contains: z.string().optional(), matches: z.string().optional() }).optional(),
  minVersion: z.enum(TLS_VERSIONS).optional(),
  /** Versions with which the server must not speak. */
  refuses: z.array(z.enum(TLS_VERSIONS)).min(1).optional(),
  /** DNS */
  answers: z
    .strictObject({
      include: z.array(text).optional(),
      equal: z.array(text).optional(),
      matches: z.string().optional(),
      atLeast: z.int().min(0).optional(),
    })
    .optional(),
  code: z.enum(['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED']).optional(),
  /** A number that the check read, such as `connections-used-ratio`. */
  reading: z
    .strictObject({
      name: text,
      below: z.number().optional(),
      above: z.number().optional(),
      equals: z.number().optional(),
    })
    .optional(),
  /** All kinds */
  responseTime: duration.optional(),
});
