import { lintHttp } from './lint-http.ts';
import { LEAST_INTERVAL_MS, lintTiming } from './lint-timing.ts';
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
};
