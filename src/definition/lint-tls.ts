import { lintAssertions } from './lint-assertion.ts';
import { lintAddress } from './lint-tcp.ts';
import type { Path } from './locate.ts';
import type { ProbeSpec } from './meaning.ts';
import type { Tell } from './tell.ts';

type TlsSpec = Extract<ProbeSpec, { kind: 'tls' }>;

const TLS_ASSERTIONS = ['certificate', 'issuer', 'minVersion', 'refuses', 'responseTime'] as const;

/** What no schema says about one TLS probe. */
export const lintTls = (probe: TlsSpec, at: Path, tell: Tell): void => {
  lintAddress(probe.address, at, tell);
  lintAssertions(probe, TLS_ASSERTIONS, at, tell, ({ refuses = [] }, path) => {
    // 1.2 and 1.3 are what the check itself speaks: a server that refuses both cannot be visited.
    if (refuses.includes('1.2') && refuses.includes('1.3'))
      tell.error([...path, 'refuses'], 'refuses must leave 1.2 or 1.3, or no handshake can succeed', { key: true });
  });
};
