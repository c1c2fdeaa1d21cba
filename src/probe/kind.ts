import { isIP } from 'node:net';
import { systemClock } from '../clock.ts';
import { parseAddress } from '../definition/address.ts';
import { beginNow, checkEvery, traceOf, type Begun } from './every-address.ts';
import type { Trace } from './net/phases.ts';
import { isFailure, type Failure } from './net/reasons.ts';
import { failureFrom, resultOf, traced, type Outcome, type Time, type Timing, type Visit } from './outcome.ts';
import type { CheckContext, CheckResult, Probe } from './probe.ts';
import type { Reach } from './targets.ts';

/** The host that a target names, and how it is reached; null where there is no name to look up. */
type Named = { host: string; reach: Reach } | null;

/** The own part of a kind. */
type Visiting<T> = (target: T, visit: Visit) => Promise<Outcome | Failure>;

const checkOnce =
  <T>(visit: Visiting<T>, time: Time) =>
  (target: T, { id, timeoutMs, signal, inspect = false }: CheckContext, start: Begun): Promise<CheckResult> => {
    const { startedAt, at, found } = start;
    return traced(signal, traceOf(start), async (trace) => {
      let outcome: Outcome;
      try {
        signal.throwIfAborted();
        const seen = await visit(target, { trace, signal, time, startedAt, timeoutMs, inspect, found });
        outcome = isFailure(seen) ? { failure: seen } : seen;
      } catch (error) {
        outcome = { failure: failureFrom(error, trace, { signal, timeoutMs }) };
      }
      return resultOf({ probe: id, at, durationMs: time.monotonic() - startedAt }, trace, outcome);
    });
  };

/**
 * A kind of probe from its own part: that one visits, may throw what sockets throw, and leaves the closing to us. A
 * kind that says which host it visits can visit every address of it.
 */
export const createProbe = <T>(
  visit: Visiting<T>,
  time: Time = systemClock,
  namedBy: (target: T) => Named = () => null,
): Probe<T> => {
  const check = checkOnce(visit, time);
  return (target, context) => {
    const named = namedBy(target);
    if (named?.reach.addresses !== 'all' || isIP(named.host) !== 0) return check(target, context, beginNow(time));
    const every = {
      ...named,
      place: named.host,
      check: (start: Begun) => check(target, context, start),
      failed: (start: Timing, trace: Trace, failure: Failure) => resultOf(start, trace, { failure }),
    };
    return checkEvery(every, context, time);
  };
};

/** For kinds whose target is `host:port`. */
export const namedByAddress = ({ address, reach }: { address: string; reach: Reach }): Named => {
  const at = parseAddress(address);
  return at ? { host: at.host, reach } : null;
};
