import { createHttpProbe } from './http/index.ts';
import type { Probe } from './probe.ts';
import type { CheckTarget } from './targets.ts';

/** A kind that most machines never use is loaded with its first check: its libraries cost every start else. */
const lazily = <T>(load: () => Promise<Probe<T>>): Probe<T> => {
  let loaded: Promise<Probe<T>> | null = null;
  return async (target, context) => (await (loaded ??= load()))(target, context);
};

/** Every kind of active probe. A new kind is its file or folder, its spec and its line here. */
export const probes = {
  http: createHttpProbe(),
  tcp: lazily(async () => (await import('./tcp.ts')).createTcpProbe()),
  tls: lazily(async () => (await import('./tls/index.ts')).createTlsProbe()),
  dns: lazily(async () => (await import('./dns/index.ts')).createDnsProbe()),
  grpc: lazily(async () => (await import('./grpc/index.ts')).createGrpcProbe()),
  icmp: lazily(async () => (await import('./icmp/index.ts')).createIcmpProbe()),
  postgres: lazily(async () => (await import('./postgres/index.ts')).createPostgresProbe()),
  redis: lazily(async () => (await import('./redis.ts')).createRedisProbe()),
} satisfies { [Kind in CheckTarget['kind']]: Probe<Extract<CheckTarget, { kind: Kind }>> };

/** Runs the probe of the target's kind. */
export const runProbe: Probe<CheckTarget> = (check, context) =>
  (probes[check.kind] as Probe<CheckTarget>)(check, context);
