import { z } from 'zod';
import { assertion } from './assertion.ts';
import { active, reach, tls } from './connection.ts';
import { covers, text } from './scalars.ts';

const auth = z.union([
  z.strictObject({ basic: z.strictObject({ user: text, password: text }) }),
  z.strictObject({ bearer: text }),
  /** RFC 6749 section 4.4; the token is fetched apart from the check and kept until it expires. */
  z.strictObject({
    oauth2: z.strictObject({
      tokenUrl: text,
      clientId: text,
      clientSecret: text,
      scope: text.optional(),
      audience: text.optional(),
    }),
  }),
]);

export const httpProbe = z.strictObject({
  ...active,
  kind: z.literal('http'),
  url: text,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  /** Sent as a POST; an answer with `errors` fails. */
  graphql: z
    .strictObject({
      query: text,
      variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
      operation: text.optional(),
    })
    .optional(),
  auth: auth.optional(),
  /** `http://host:port`, with user and password where it asks for them; https targets are reached by CONNECT. */
  proxy: text.optional(),
  /** Encodings that are asked for; without any the answer comes as it is. */
  compression: z
    .array(z.enum(['gzip', 'br', 'deflate', 'zstd']))
    .min(1)
    .optional(),
  redirects: z
    .strictObject({
      follow: z.boolean().default(true),
      limit: z.int().min(0).max(20).default(5),
      allowDowngrade: z.boolean().default(false),
    })
    .prefault({}),
  maxBodyBytes: z
    .int()
    .min(1)
    .max(64 * 1024 * 1024)
    .default(1024 * 1024),
  /** How a finished connection is closed: `reset` leaves no TIME_WAIT on either side. */
  close: z.enum(['close', 'reset']).default('close'),
  ...reach,
  ...tls,
  assert: z.array(assertion).default([{ status: '2xx' }]),
  /** What makes a passed check degraded: up, but not well. */
  degraded: z.array(assertion).default([]),
  covers,
});
