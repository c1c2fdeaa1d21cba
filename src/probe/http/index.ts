import type { IncomingMessage } from 'node:http';
import { systemClock, type Clock } from '../../clock.ts';
import { STOPPED } from '../deadline.ts';
import type { CheckContext, CheckResult, Probe } from '../probe.ts';
import type { HttpTarget } from '../targets.ts';
import { headerText } from './answer.ts';
import { compileAssertions, type Plan } from './assertions.ts';
import { readBody, type Body } from './body.ts';
import { decodeBody } from './encoding.ts';
import { factsOf, type Seen } from './facts.ts';
import { connect } from '../net/connect.ts';
import { complete, createTrace, enter, type Trace } from '../net/phases.ts';
import { failureOf, isFailure, timedOut, unknown, type Failure } from '../net/reasons.ts';
import { send } from './request.ts';
import { firstHop, isHttp, nextHop, type Hop } from './redirects.ts';
import { resultOf, type Verdict } from './result.ts';
import { createHiding, type Hiding } from './secrets.ts';
import { readSession } from './session.ts';
import { checkSignedIn } from './signing.ts';
import { fetchToken } from './token.ts';
import { createTokens } from './tokens.ts';

type Time = Pick<Clock, 'now' | 'monotonic'>;
/** What all checks of a target share, made once. */
type Prepared = { target: HttpTarget; first: Hop; plan: Plan; hiding: Hiding };
type Check = Prepared & {
  seen: Seen;
  trace: Trace;
  signal: AbortSignal;
  inspect: boolean;
  startedAt: number;
  time: Time;
};

const NO_BODY: Body = { bytes: Buffer.alloc(0), truncated: false };

const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));

const placeOf = (url: URL): string => `${url.hostname}:${portOf(url)}`;

/** One hop: a new connection, one request, the head of its answer. */
const visit = async (hop: Hop, check: Check): Promise<IncomingMessage | Failure> => {
  const { target, first, plan, trace, signal, inspect, seen, time } = check;
  trace.place = placeOf(hop.url);
  trace.status = null;
  trace.certificateExpiresAt = null;
  Object.assign(seen, { hop, session: null, head: null });
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
  // Now, because the target may have closed the connection by the time its answer is judged.
  if (trace.socket && (plan.needsSession || inspect)) seen.session = readSession(trace.socket);
  if (isFailure(socket)) return socket;
  const response = await send(hop, socket, trace, time.monotonic);
  seen.head = response;
  return response;
};

const judge = async (response: IncomingMessage, check: Check): Promise<Verdict> => {
  const { target, plan, trace, seen, startedAt, time } = check;
  const { headers } = response;
  enter(trace, 'transfer', trace.since);
  // What follows a 101 is no HTTP and may never end.
  const keep = plan.needsBody || check.inspect;
  const read = response.statusCode === 101 ? NO_BODY : await readBody(response, target.maxBodyBytes, keep);
  const end = time.monotonic();
  complete(trace, end);
  const content = await decodeBody(read, headerText(headers, 'content-encoding'), target);
  seen.content = content;
  const answer = {
    method: seen.hop.method,
    secure: seen.hop.url.protocol === 'https:',
    status: response.statusCode ?? 0,
    headers,
    body: content.body,
    unreadable: content.unreadable,
    durationMs: end - startedAt,
    certificateExpiresAt: trace.certificateExpiresAt,
    session: seen.session,
    now: time.now(),
  };
  const failure = plan.judge(answer);
  if (check.inspect) seen.failedByPattern = plan.failsByPattern(answer);
  return { failure, degraded: failure ? null : plan.degradedBy(answer) };
};

const failedWith = (failure: Failure): Verdict => ({ failure, degraded: null });

const run = async (check: Check): Promise<Verdict> => {
  let hop = check.first;
  if (!isHttp(hop.url)) return failedWith(unknown('internal', `${hop.url.protocol} is not a scheme of the HTTP probe`));
  for (;;) {
    const response = await visit(hop, check);
    if (isFailure(response)) return failedWith(response);
    const status = response.statusCode ?? 0;
    check.trace.status = status;
    const next = nextHop(hop, status, response.headers, check.target.redirects);
    if (next === null) return judge(response, check);
    check.trace.socket?.destroy();
    if (isFailure(next)) return failedWith(next);
    hop = next;
  }
};

const failed = (error: unknown, { signal, trace }: Check, timeoutMs: number): Failure => {
  if (signal.reason === STOPPED) return unknown('paused', 'the check was stopped before it was done');
  return signal.aborted ? timedOut(timeoutMs, trace) : failureOf(error, trace);
};

const checkOnce = async (ready: Prepared, context: CheckContext, time: Time): Promise<CheckResult> => {
  const { id, timeoutMs, signal, inspect = false } = context;
  const startedAt = time.monotonic();
  const at = time.now();
  const trace = createTrace(startedAt);
  const seen: Seen = { hop: ready.first, session: null, head: null, content: null, failedByPattern: false };
  const check: Check = { ...ready, seen, trace, signal, inspect, startedAt, time };
  const onAbort = (): void => void trace.socket?.destroy(new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  let verdict: Verdict;
  try {
    verdict = await run(check);
  } catch (error) {
    verdict = failedWith(failed(error, check, timeoutMs));
  } finally {
    signal.removeEventListener('abort', onAbort);
    trace.socket?.destroy();
  }
  const start = { probe: id, at, durationMs: time.monotonic() - startedAt };
  return resultOf(start, trace, verdict, ready.hiding.hide, inspect ? factsOf(trace, seen) : null);
};

/** The HTTP(S) probe. Its durations are real time on the monotonic clock. */
export const createHttpProbe = (time: Time = systemClock): Probe<HttpTarget> => {
  const prepared = new WeakMap<HttpTarget, Prepared>();
  const tokens = createTokens({ monotonic: time.monotonic, obtain: fetchToken });
  const prepare = (target: HttpTarget): Prepared => {
    const known = prepared.get(target);
    if (known) return known;
    const hiding = createHiding(target);
    const made = { target, first: firstHop(target), plan: compileAssertions(target, hiding.hide), hiding };
    prepared.set(target, made);
    return made;
  };
  return async (target, context) => {
    const ready = prepare(target);
    const { auth, tls } = target;
    const check = (first: Hop): Promise<CheckResult> => checkOnce({ ...ready, first }, context, time);
    if (auth?.kind !== 'oauth2') return check(ready.first);
    return checkSignedIn({ auth, ca: tls.ca, ...ready, tokens, time, context, check });
  };
};
