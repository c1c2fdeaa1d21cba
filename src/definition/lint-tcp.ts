import { parseAddress } from './address.ts';
import { lintAssertions, lintPattern } from './lint-assertion.ts';
import type { Path } from './locate.ts';
import type { ProbeSpec } from './meaning.ts';
import { referencesIn } from './resolve.ts';
import type { Tell } from './tell.ts';

type TcpSpec = Extract<ProbeSpec, { kind: 'tcp' }>;

/** An address that no reference hides must be one. */
export const lintAddress = (address: string, at: Path, tell: Tell): void => {
  if (referencesIn(address).length === 0 && !parseAddress(address))
    tell.error(
      [...at, 'address'],
      `address must be host:port such as db.example.org:5432, got ${JSON.stringify(address)}`,
    );
};

/** What no schema says about one TCP probe. */
export const lintTcp = (probe: TcpSpec, at: Path, tell: Tell): void => {
  lintAddress(probe.address, at, tell);
  const hasTls = probe.secure || probe.startTls !== undefined;
  if (probe.secure && probe.startTls !== undefined)
    tell.error([...at, 'startTls'], 'startTls begins in plain text, so leave secure out', { key: true });
  probe.steps.forEach(({ send, expect }, index) => {
    const path: Path = [...at, 'steps', index];
    if (send === undefined && expect === undefined) tell.error(path, 'a step needs send, expect or both');
    lintPattern(expect, [...path, 'expect'], tell);
  });
  lintAssertions(probe, hasTls ? ['responseTime', 'certificate'] : ['responseTime'], at, tell);
};
