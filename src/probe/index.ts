import { createDnsProbe } from './dns/index.ts';
import { createGrpcProbe } from './grpc/index.ts';
import { createHttpProbe } from './http/index.ts';
import { createIcmpProbe } from './icmp/index.ts';
import { createPostgresProbe } from './postgres/index.ts';
import type { Probe } from './probe.ts';
import { createRedisProbe } from './redis.ts';
import type { CheckTarget } from './targets.ts';
import { createTcpProbe } from './tcp.ts';
import { createTlsProbe } from './tls/index.ts';

/** Every kind of active probe. A new kind is its file or folder, its spec and its line here. */
export const probes = {
  http: createHttpProbe(),
  tcp: createTcpProbe(),
  tls: createTlsProbe(),
  dns: createDnsProbe(),
  grpc: createGrpcProbe(),
  icmp: createIcmpProbe(),
  postgres: createPostgresProbe(),
  redis: createRedisProbe(),
} satisfies { [Kind in CheckTarget['kind']]: Probe<Extract<CheckTarget, { kind: Kind }>> };

/** Runs the probe of the target's kind. */
export const runProbe: Probe<CheckTarget> = (check, context) =>
  (probes[check.kind] as Probe<CheckTarget>)(check, context);
