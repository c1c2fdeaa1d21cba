import { z } from 'zod';
import { assertion } from './assertion.ts';
import { active, reach, tls } from './connection.ts';
import { httpProbe } from './http-probe.ts';
import { covers, duration, id, text } from './scalars.ts';

const judged = { assert: z.array(assertion).default([]), degraded: z.array(assertion).default([]), covers };

const STARTTLS = ['smtp', 'imap', 'pop3', 'ftp', 'ldap', 'postgres', 'xmpp'] as const;

/** Connects to `host:port`; with `steps` it talks. */
export const tcpProbe = z.strictObject({
  ...active,
  kind: z.literal('tcp'),
  address: text,
  /** TLS from the start. */
  secure: z.boolean().default(false),
  startTls: z.enum(STARTTLS).optional(),
  /** In order: `send` is written, then lines are read until one matches `expect`. */
  steps: z.array(z.strictObject({ send: z.string().optional(), expect: z.string().optional() })).default([]),
  ...reach,
  ...tls,
  ...judged,
});

/** Shakes hands with `host:port` and judges certificate and versions. */
export const tlsProbe = z.strictObject({
  ...active,
  kind: z.literal('tls'),
  address: text,
  startTls: z.enum(STARTTLS).optional(),
  ...reach,
  ...tls,
  ...judged,
});

export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'CAA'] as const;

/** Asks a name server. */
export const dnsProbe = z.strictObject({
  ...active,
  kind: z.literal('dns'),
  name: text,
  type: z.enum(RECORD_TYPES).default('A'),
  /** `1.1.1.1` or `ns1.example.org:5353`; default the machine's. */
  server: text.optional(),
  ...judged,
});

/** One connection, one query, and the server's numbers. */
export const postgresProbe = z.strictObject({
  ...active,
  kind: z.literal('postgres'),
  /** `postgres://user:password@host:port/database?sslmode=verify-full` */
  url: text,
  query: text.default('SELECT 1'),
  ...reach,
  ...tls,
  ...judged,
});

/** PING on a warm connection, and the server's numbers. */
export const redisProbe = z.strictObject({
  ...active,
  kind: z.literal('redis'),
  /** `redis://user:password@host:port/0`, `rediss://` with TLS */
  url: text,
  ...reach,
  ...tls,
  ...judged,
});

/** grpc.health.v1.Health/Check. */
export const grpcProbe = z.strictObject({
  ...active,
  kind: z.literal('grpc'),
  address: text,
  secure: z.boolean().default(false),
  /** The service that is asked about; empty = the server as a whole. */
  service: z.string().default(''),
  ...reach,
  ...tls,
  ...judged,
});

/** Echo requests by the system's `ping`. */
export const icmpProbe = z.strictObject({
  ...active,
  kind: z.literal('icmp'),
  host: text,
  ...reach,
  ...judged,
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

export const probe = z.discriminatedUnion('kind', [
  httpProbe,
  tcpProbe,
  tlsProbe,
  dnsProbe,
  postgresProbe,
  redisProbe,
  grpcProbe,
  icmpProbe,
  heartbeatProbe,
]);
