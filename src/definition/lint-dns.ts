import { parseServer } from './address.ts';
import { lintAssertions, lintPattern } from './lint-assertion.ts';
import type { AssertionSpec } from './lint-assertion.ts';
import type { Path } from './locate.ts';
import type { ProbeSpec } from './meaning.ts';
import { referencesIn } from './resolve.ts';
import { oneOf } from './say.ts';
import type { Tell } from './tell.ts';

type DnsSpec = Extract<ProbeSpec, { kind: 'dns' }>;

// Labels of RFC 1035 2.3.1 with the underscore that SRV and TXT names have; an address for PTR.
const NAME = /^(?=.{1,254}$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.)*[A-Za-z0-9_][A-Za-z0-9_-]{0,62}\.?$/;

/** What no schema says about one DNS probe. */
export const lintDns = (probe: DnsSpec, at: Path, tell: Tell): void => {
  const isAddress = probe.type === 'PTR' && /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$/.test(probe.name);
  if (referencesIn(probe.name).length === 0 && !NAME.test(probe.name) && !isAddress)
    tell.error([...at, 'name'], `name must be a name such as example.org, got ${JSON.stringify(probe.name)}`);
  const { server } = probe;
  if (server !== undefined && referencesIn(server).length === 0 && !parseServer(server))
    tell.error(
      [...at, 'server'],
      `server must be a name server such as 1.1.1.1 or ns1.example.org:5353, got ${JSON.stringify(server)}`,
    );
  lintAssertions(probe, ['answers', 'code', 'reading', 'responseTime'], at, tell, (assertion, path) =>
    lintAnswer(probe, assertion, path, tell),
  );
};

const DEMANDS = ['include', 'equal', 'matches', 'atLeast'];
const BOUNDS = ['below', 'above', 'equals'];

const lintAnswer = ({ type }: DnsSpec, { answers, reading }: AssertionSpec, at: Path, tell: Tell): void => {
  if (answers && !DEMANDS.some((name) => Object.hasOwn(answers, name)))
    tell.error([...at, 'answers'], `answers needs ${oneOf(DEMANDS)}`, { key: true });
  lintPattern(answers?.matches, [...at, 'answers', 'matches'], tell);
  if (!reading) return;
  if (!BOUNDS.some((name) => Object.hasOwn(reading, name)))
    tell.error([...at, 'reading'], `reading needs ${oneOf(BOUNDS)} beside its name`, { key: true });
  const known = type === 'SOA' ? ['answers', 'serial'] : ['answers'];
  if (!known.includes(reading.name))
    tell.error(
      [...at, 'reading', 'name'],
      `name ${reading.name} is no reading of a dns probe for ${type}; there is ${known.join(', ')}`,
    );
};
