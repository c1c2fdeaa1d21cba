import { SECOND } from '../duration.ts';
import { lintHeaders, lintUrl } from './lint-http-request.ts';
import type { Path } from './locate.ts';
import { ms } from './meaning.ts';
import type { ConnectorSpec } from './meaning.ts';
import { lintLeast } from './tell.ts';
import type { Tell } from './tell.ts';

/** Headers that another field sends. */
const SENT_BY: Readonly<Record<string, 'token' | 'tenant'>> = { authorization: 'token', 'x-scope-orgid': 'tenant' };

/** Beyond this, an outage would be over before it could be seen. */
const LONGEST_LAG_MS = 600 * SECOND;

/** What no schema says about one connector. */
export const lintConnector = (connector: ConnectorSpec, at: Path, tell: Tell): void => {
  if (connector.kind !== 'prometheus') return;
  lintUrl(connector, 'https://prometheus.example.org', at, tell);
  lintHeaders(connector.headers, at, tell);
  for (const name of Object.keys(connector.headers)) {
    const field = SENT_BY[name.toLowerCase()];
    if (field !== undefined && connector[field] !== undefined)
      tell.error([...at, 'headers', name], `header ${name} is what ${field} sends; leave one of them out`, {
        key: true,
      });
  }
  lintLeast(tell, [...at, 'scrapeInterval'], 'scrapeInterval', connector.scrapeInterval, SECOND);
  lintLeast(tell, [...at, 'timeout'], 'timeout', connector.timeout, SECOND);
  for (const field of ['scrapeInterval', 'settle'] as const)
    if (ms(connector[field]) > LONGEST_LAG_MS)
      tell.error([...at, field], `${field} must be at most 10m, got ${connector[field]}`);
};
