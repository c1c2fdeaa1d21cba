import { unknownResult } from './check.ts';
import { createDnsProbe } from './dns/index.ts';
import { createGrpcProbe } from './grpc/index.ts';
import { createHttpProbe } from './http/index.ts';
import { createIcmpProbe } from './icmp/index.ts';
import type { Probe } from './probe.ts';
import type { CheckTarget } from './targets.ts';
import { createTcpProbe } from './tcp.ts';
import { createTlsProbe } from './tls/index.ts';

/** Every kind of active probe. A new kind is its file or folder, its spec and its line here. */
export const probes: { [Kind in CheckTarget['kind']]?: Probe<Extract<CheckTarget, { kind: Kind }>> } = {
  http: createHttpProbe(),
  tcp: createTcpProbe(),
  tls: createTlsProbe(),
  dns: createDnsProbe(),
  grpc: createGrpcProbe(),
  icmp: createIcmpProbe(),
};

/** Runs the probe of the target's kind. */
export const runProbe: Probe<CheckTarget> = async (check, context) => {
  const probe = probes[check.kind] as Probe<CheckTarget> | undefined;
  if (probe) return probe(check, context);
  return unknownResult(context.id, Date.now(), 'not-supported', `${check.kind} checks are not served`);
};
