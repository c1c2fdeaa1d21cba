import type { IncomingMessage } from 'node:http';
import { systemClock, type Clock } from '../../clock.ts';
import { STOPPED } from '../deadline.ts';
import type { CheckResult, Probe } from '../probe.ts';
import type { HttpTarget } from '../targets.ts';
import { compileAssertions, type Plan } from './assertions.ts';
import { readBody, type Body } from './body.ts';
import { connect } from '../net/connect.ts';
import { complete, createTrace, enter, type Trace } from '../net/phases.ts';
import { failureOf, isFailure, timedOut, unknown, type Failure } from '../net/reasons.ts';
import { send } from './request.ts';
import { firstHop, isHttp, nextHop, type Hop } from './redirects.ts';
import { hideSecrets, secretsOf } from './secrets.ts';

type Time = Pick<Clock, 'now' | 'monotonic'>;
type Check = {
  target: HttpTarget;
  first: Hop;
  plan: Plan;
  trace: Trace;
  signal: AbortSignal;
  startedAt: number;
  time: Time;
};

const NO_BODY: Body = { bytes: Buffer.alloc(0), truncated: false };

const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));

const placeOf = (url: URL): string => `${url.hostname}:${portOf(url)}`;

/** One hop: a new connection, one request, the head of its answer. */
const visit = async (hop: Hop, { target, first, trace, signal, time }: Check): Promise<IncomingMessage | Failure> => {
  trace.place = placeOf(hop.url);
  trace.status = null;
  trace.certificateExpiresAt = null;
  const guarded = hop.url.hostname !== first.url.hostname;
  const secure = hop.url.protocol === 'https:';
  const door = {
    host: hop.url.hostname.replace(/^\[|\]$/g, ''),
    port: portOf(hop.url),
    tls: secure ? target.tls : null,
    alpn: ['http/1.1'],
    reach: target.reach,
    guarded,
  };
  const socket = await connect(door, trace, signal, time.monotonic);
  return isFailure(socket) ? socket : await send(hop, socket, trace, time.monotonic);
};

const judge = async (
  response: IncomingMessage,
  { target, plan, trace, startedAt, time }: Check,
): Promise<Failure | null> => {
  enter(trace, 'transfer', trace.since);
  // What follows a 101 is no HTTP and may never end.
  const body = response.statusCode === 101 ? NO_BODY : await readBody(response, target.maxBodyBytes, plan.needsBody);
  const end = time.monotonic();
  complete(trace, end);
  return plan.judge({
    status: response.statusCode ?? 0,
    headers: response.headers,
    body,
    durationMs: end - startedAt,
    certificateExpiresAt: trace.certificateExpiresAt,
    now: time.now(),
  });
};

const run = async (check: Check): Promise<Failure | null> => {
  let hop = check.first;
  if (!isHttp(hop.url)) return unknown('internal', `${hop.url.protocol} is not a scheme of the HTTP probe`);
  for (;;) {
    const response = await visit(hop, check);
    if (isFailure(response)) return response;
    const status = response.statusCode ?? 0;
    check.trace.status = status;
    const next = nextHop(hop, status, response.headers, check.target.redirects);
    if (next === null) return judge(response, check);
    check.trace.socket?.destroy();
    if (isFailure(next)) return next;
    hop = next;
  }
};

const failed = (error: unknown, { signal, trace }: Check, timeoutMs: number): Failure => {
  if (signal.reason === STOPPED) return unknown('paused', 'the check was stopped before it was done');
  return signal.aborted ? timedOut(timeoutMs, trace) : failureOf(error, trace);
};

/** What all checks of a target share, made once. */
type Prepared = { first: Hop; plan: Plan; secrets: readonly string[] };

/** The HTTP(S) probe. Its durations are real time on the monotonic clock. */
export const createHttpProbe = (time: Time = systemClock): Probe<HttpTarget> => {
  const prepared = new WeakMap<HttpTarget, Prepared>();
  const prepare = (target: HttpTarget): Prepared => {
    const known = prepared.get(target);
    if (known) return known;
    const made = { first: firstHop(target), plan: compileAssertions(target), secrets: secretsOf(target) };
    prepared.set(target, made);
    return made;
  };
  return async (target, { id, timeoutMs, signal }) => {
    const startedAt = time.monotonic();
    const at = time.now();
    const { first, plan, secrets } = prepare(target);
    const trace = createTrace(startedAt);
    const check: Check = { target, first, plan, trace, signal, startedAt, time };
    const onAbort = (): void => void trace.socket?.destroy(new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    let failure: Failure | null;
    try {
      failure = await run(check);
    } catch (error) {
      failure = failed(error, check, timeoutMs);
    } finally {
      signal.removeEventListener('abort', onAbort);
      trace.socket?.destroy();
    }
    return resultOf({ probe: id, at, durationMs: time.monotonic() - startedAt }, trace, failure, secrets);
  };
};

const resultOf = (
  start: Pick<CheckResult, 'probe' | 'at' | 'durationMs'>,
  { status, phases, address, certificateExpiresAt }: Trace,
  failure: Failure | null,
  secrets: readonly string[],
): CheckResult => ({
  ...start,
  outcome: failure?.outcome ?? 'pass',
  reason: failure?.reason ?? 'ok',
  detail: failure ? hideSecrets(failure.detail, secrets) : '',
  status,
  phases,
  certificateExpiresAt,
  address,
  degraded: false,
  attempts: 1,
  readings: {},
  lateMs: 0,
  stalledMs: 0,
  suspect: false,
});
