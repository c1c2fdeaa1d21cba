import { formatDuration } from '../duration.ts';
import { timeoutOf } from './build.ts';
import type { ActiveProbeSpec } from './catalog.ts';
import type { Path } from './locate.ts';
import { ms } from './meaning.ts';
import { lintLeast } from './tell.ts';
import type { Tell } from './tell.ts';

export const LEAST_INTERVAL_MS = 100;

/** When checks run, how often they try, and how many places must agree: the same for every active kind. */
export const lintTiming = (probe: ActiveProbeSpec, at: Path, tell: Tell): void => {
  const isWritten = tell.isWritten([...at, 'timeout']);
  if (isWritten) {
    lintLeast(tell, [...at, 'timeout'], 'timeout', probe.timeout, 1);
    if (ms(probe.every) > 0 && ms(probe.timeout) > ms(probe.every))
      tell.error(
        [...at, 'timeout'],
        `timeout must not be longer than every (${probe.every}), or checks would overlap, got ${probe.timeout}`,
      );
  }
  const timeoutMs = timeoutOf(probe, isWritten);
  lintRetries(probe, timeoutMs, at, tell);
  lintBurst(probe, timeoutMs, at, tell);
  const places = probe.locations?.length ?? 1;
  if (probe.locations && new Set(probe.locations).size < places)
    tell.error([...at, 'locations'], 'locations must not name a place twice');
  if (probe.quorum !== undefined && probe.quorum > places)
    tell.error([...at, 'quorum'], `quorum must be at most ${places}, the number of locations, got ${probe.quorum}`);
};

const lintRetries = ({ retries }: ActiveProbeSpec, timeoutMs: number, at: Path, tell: Tell): void => {
  const { count, wait } = retries;
  if (count === 0 || count * ms(wait) < timeoutMs) return;
  const waits = `${count} × ${wait} = ${formatDuration(count * ms(wait))} of waiting`;
  tell.error([...at, 'retries'], `retries do not fit the timeout of ${formatDuration(timeoutMs)}: ${waits}`);
};

const lintBurst = ({ burst, every }: ActiveProbeSpec, timeoutMs: number, at: Path, tell: Tell): void => {
  if (!burst) return;
  const path: Path = [...at, 'burst', 'every'];
  lintLeast(tell, path, 'burst.every', burst.every, LEAST_INTERVAL_MS);
  if (ms(burst.every) < LEAST_INTERVAL_MS) return;
  if (ms(burst.every) < timeoutMs)
    tell.error(
      path,
      `burst.every must not be shorter than the timeout (${formatDuration(timeoutMs)}), or checks would overlap, got ${burst.every}`,
    );
  else if (ms(burst.every) > ms(every))
    tell.error(
      path,
      `burst.every must not be longer than every (${every}): it is to check more often, got ${burst.every}`,
    );
  if (ms(burst.for) < ms(burst.every))
    tell.error([...at, 'burst', 'for'], `burst.for must be at least burst.every (${burst.every}), got ${burst.for}`);
};
