import { isHost } from './address.ts';
import { lintAssertions } from './lint-assertion.ts';
import type { Path } from './locate.ts';
import type { ProbeSpec } from './meaning.ts';
import { referencesIn } from './resolve.ts';
import type { Tell } from './tell.ts';

type IcmpSpec = Extract<ProbeSpec, { kind: 'icmp' }>;

/** What no schema says about one ICMP probe. */
export const lintIcmp = (probe: IcmpSpec, at: Path, tell: Tell): void => {
  if (referencesIn(probe.host).length === 0 && !isHost(probe.host))
    tell.error([...at, 'host'], `host must be a name or an address without a port, got ${JSON.stringify(probe.host)}`);
  lintAssertions(probe, ['responseTime'], at, tell);
};
