import { lintHttp } from './lint-http.ts';
import { lintLocations } from './lint-locations.ts';
import type { Path } from './locate.ts';
import { ms } from './meaning.ts';
import type { ProbeSpec } from './meaning.ts';
import { lintLeast } from './tell.ts';
import type { Tell } from './tell.ts';

const LEAST_INTERVAL_MS = 100;

/** What no schema says about one probe. */
export const lintProbe = (probe: ProbeSpec, at: Path, tell: Tell): void => {
  lintLeast(tell, [...at, 'every'], 'every', probe.every, LEAST_INTERVAL_MS);
  if (probe.kind === 'heartbeat') return;
  if (tell.isWritten([...at, 'timeout'])) {
    lintLeast(tell, [...at, 'timeout'], 'timeout', probe.timeout, 1);
    if (ms(probe.every) > 0 && ms(probe.timeout) > ms(probe.every))
      tell.error(
        [...at, 'timeout'],
        `timeout must not be longer than every (${probe.every}), or checks would overlap, got ${probe.timeout}`,
      );
  }
  lintLocations(probe, at, tell);
  if (probe.kind === 'http') lintHttp(probe, at, tell);
};
