import { isIP } from 'node:net';
import { STOPPED } from '../deadline.ts';
import { judge, shown } from '../judge.ts';
import { createProbe } from '../kind.ts';
import { findAddress } from '../net/find.ts';
import { enter } from '../net/phases.ts';
import { fail, isFailure, unknown, type Failure } from '../net/reasons.ts';
import type { Outcome, Time, Visit } from '../outcome.ts';
import type { Probe } from '../probe.ts';
import type { IcmpTarget } from '../targets.ts';
import { readPing } from './output.ts';
import { createPing, NO_ROOM, type Ping, type Ran } from './ping.ts';

const MISSING = unknown('not-supported', 'this machine has no ping program: install the package iputils-ping');
const NOT_PERMITTED = unknown(
  'not-supported',
  'ping may not send on this machine: set net.ipv4.ping_group_range to "0 2147483647", or give ping the capability cap_net_raw',
);
const CROWDED = unknown('internal', 'no room for another ping within the timeout: 16 of them ran at once');

const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

/** The address to ping, never a text that `ping` could take for an option or look up by itself. */
const addressOf = async (
  { host, reach }: IcmpTarget,
  { trace, signal, time, found: known }: Visit,
): Promise<string | Failure> => {
  const name = bare(host);
  trace.place = name;
  const wanted = { host: name, reach, guarded: false, ...(known && { found: known }) };
  const found = await findAddress(wanted, trace, signal, time.monotonic);
  if (isFailure(found)) return found;
  const { address } = found;
  return isIP(address) === 0 ? unknown('internal', 'the host of the probe has no address that can be pinged') : address;
};

const echoOutcome = (ran: Ran, target: IcmpTarget, { trace, time, startedAt, inspect }: Visit): Outcome => {
  if (ran.missing) return { failure: MISSING };
  const echo = readPing(ran.stdout, ran.stderr);
  switch (echo.kind) {
    case 'not-permitted':
      return { failure: NOT_PERMITTED };
    case 'none':
      return { failure: fail('timeout', `${trace.place} did not answer the echo request`) };
    case 'unreachable':
      return { failure: fail('unreachable', `${trace.place} is unreachable: ${shown(echo.why)}`) };
    case 'unreadable':
      return { failure: unknown('internal', `ping said nothing that is understood: ${shown(echo.line)}`) };
    case 'reply': {
      // Starting a process takes longer than many an echo: what counts is what ping itself measured.
      const { rttMs, hopLimit } = echo;
      trace.phases.processing = rttMs;
      const evidence = { durationMs: rttMs, certificateExpiresAt: null, readings: {}, now: time.now() };
      const facts = {
        icmp_setup_seconds: Math.max(0, time.monotonic() - startedAt - rttMs) / 1_000,
        ...(hopLimit === null ? {} : { icmp_reply_hop_limit: hopLimit }),
      };
      return { ...judge(target, evidence), durationMs: rttMs, ...(inspect ? { facts } : {}) };
    }
  }
};

const look =
  (ping: Ping) =>
  async (target: IcmpTarget, visit: Visit): Promise<Outcome | Failure> => {
    const { trace, signal, time, timeoutMs, startedAt } = visit;
    const address = await addressOf(target, visit);
    if (typeof address !== 'string') return address;
    enter(trace, 'processing', time.monotonic());
    try {
      const left = timeoutMs - (time.monotonic() - startedAt);
      return echoOutcome(await ping(address, left, signal), target, visit);
    } catch (error) {
      if (error === NO_ROOM && signal.reason !== STOPPED) return CROWDED;
      throw error;
    }
  };

/** One echo request by the system's `ping`, since node has no raw sockets. The time of a check is the round trip's. */
export const createIcmpProbe = (time?: Time, program = 'ping'): Probe<IcmpTarget> =>
  createProbe(look(createPing(program)), time, ({ host, reach }) => ({ host: bare(host), reach }));
