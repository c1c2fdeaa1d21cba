import { lintAssertions } from './lint-assertion.ts';
import { lintAddress } from './lint-tcp.ts';
import type { Path } from './locate.ts';
import type { ProbeSpec } from './meaning.ts';
import type { Tell } from './tell.ts';

type GrpcSpec = Extract<ProbeSpec, { kind: 'grpc' }>;

/** What no schema says about one gRPC probe. */
export const lintGrpc = (probe: GrpcSpec, at: Path, tell: Tell): void => {
  lintAddress(probe.address, at, tell);
  lintAssertions(probe, probe.secure ? ['responseTime', 'certificate'] : ['responseTime'], at, tell);
};
