import { lintDns } from './lint-dns.ts';
import { lintGrpc } from './lint-grpc.ts';
import { lintHttp } from './lint-http.ts';
import { lintIcmp } from './lint-icmp.ts';
import { lintTcp } from './lint-tcp.ts';
import { LEAST_INTERVAL_MS, lintTiming } from './lint-timing.ts';
import { lintTls } from './lint-tls.ts';
import type { Path } from './locate.ts';
import type { ProbeSpec } from './meaning.ts';
import { lintLeast } from './tell.ts';
import type { Tell } from './tell.ts';

/** What no schema says about one probe. */
export const lintProbe = (probe: ProbeSpec, at: Path, tell: Tell): void => {
  lintLeast(tell, [...at, 'every'], 'every', probe.every, LEAST_INTERVAL_MS);
  if (probe.kind === 'heartbeat') return;
  lintTiming(probe, at, tell);
  if (probe.kind === 'http') lintHttp(probe, at, tell);
  if (probe.kind === 'tcp') lintTcp(probe, at, tell);
  if (probe.kind === 'tls') lintTls(probe, at, tell);
  if (probe.kind === 'dns') lintDns(probe, at, tell);
  if (probe.kind === 'grpc') lintGrpc(probe, at, tell);
  if (probe.kind === 'icmp') lintIcmp(probe, at, tell);
};
