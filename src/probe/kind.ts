import { isIP } from 'node:net';
import { systemClock } from '../clock.ts';
import { parseAddress } from '../definition/address.ts';
import { MOST_ADDRESSES, worstOf } from './http/every-address.ts';
import { lookUp } from './net/find.ts';
import { createTrace } from './net/phases.ts';
import { isFailure, type Failure } from './net/reasons.ts';
import type { Found } from './net/resolve.ts';
import { failureFrom, resultOf, traced, type Outcome, type Time, type Visit } from './outcome.ts';
import type { CheckContext, CheckResult, Probe } from './probe.ts';
import type { Reach } from './targets.ts';

/** The host that a target names, and how it is reached; null where there is no name to look up. */
type Named = { host: string; reach: Reach } | null;

/** What was done before a check came to one address. */
type Begun = { startedAt: number; at: number; found: Found | null; resolveMs: number };

/** The own part of a kind. */
type Visiting<T> = (target: T, visit: Visit) => Promise<Outcome | Failure>;

const checkOnce =
  <T>(visit: Visiting<T>, time: Time) =>
  (target: T, { id, timeoutMs, signal, inspect = false }: CheckContext, start: Begun): Promise<CheckResult> => {
    const { startedAt, at, found, resolveMs } = start;
    return traced(signal, startedAt, async (trace) => {
      if (found) Object.assign(trace, { phases: { resolve: resolveMs }, cached: found.cached });
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

type CheckOnce<T> = ReturnType<typeof checkOnce<T>>;

/** The same check at every address of the name at once; the worst one decides. */
const checkEvery = async <T>(
  check: CheckOnce<T>,
  target: T,
  { host, reach }: NonNullable<Named>,
  context: CheckContext,
  start: Begun,
  time: Time,
): Promise<CheckResult> => {
  const trace = createTrace(start.startedAt);
  trace.place = host;
  try {
    const found = await lookUp(host, reach, trace, context.signal, time.monotonic);
    const resolveMs = trace.phases.resolve ?? 0;
    const addresses = found.addresses.slice(0, MOST_ADDRESSES);
    const results = addresses.map((address) =>
      check(target, context, { ...start, found: { ...found, addresses: [address] }, resolveMs }),
    );
    return worstOf((await Promise.all(results)) as [CheckResult, ...CheckResult[]]);
  } catch (error) {
    const failure = failureFrom(error, trace, context);
    const { startedAt, at } = start;
    return resultOf({ probe: context.id, at, durationMs: time.monotonic() - startedAt }, trace, { failure });
  }
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
    const start = { startedAt: time.monotonic(), at: time.now(), found: null, resolveMs: 0 };
    const named = namedBy(target);
    const hasMany = named?.reach.addresses === 'all' && isIP(named.host) === 0;
    return hasMany ? checkEvery(check, target, named, context, start, time) : check(target, context, start);
  };
};

/** For kinds whose target is `host:port`. */
export const namedByAddress = ({ address, reach }: { address: string; reach: Reach }): Named => {
  const at = parseAddress(address);
  return at ? { host: at.host, reach } : null;
};
