import { isIP } from 'node:net';
import { systemClock } from '../../clock.ts';
import { STOPPED } from '../deadline.ts';
import type { CheckContext, CheckResult, Probe } from '../probe.ts';
import type { HttpTarget } from '../targets.ts';
import { headerText } from './answer.ts';
import { decodeBody } from './encoding.ts';
import { MOST_ADDRESSES, worstOf } from './every-address.ts';
import type { Response } from './exchange.ts';
import { factsOf, type Seen } from './facts.ts';
import { lookUp } from '../net/find.ts';
import type { Found } from '../net/resolve.ts';
import { complete, createTrace, enter } from '../net/phases.ts';
import { failureOf, isFailure, timedOut, unknown, type Failure } from '../net/reasons.ts';
import { hostOf, placeOf } from './place.ts';
import { createPreparing } from './preparing.ts';
import { isHttp, nextHop, type Hop } from './redirects.ts';
import { resultOf, type Verdict } from './result.ts';
import { checkSignedIn } from './signing.ts';
import { fetchToken } from './token.ts';
import { createTokens } from './tokens.ts';
import { hangUp, visit, type Check, type Prepared, type Time } from './visit.ts';

const judge = async (response: Response, check: Check): Promise<Verdict> => {
  const { target, plan, trace, seen, startedAt, time } = check;
  const { headers } = response;
  enter(trace, 'transfer', trace.since);
  const read = await response.body();
  const end = time.monotonic();
  complete(trace, end);
  const content = await decodeBody(read, headerText(headers, 'content-encoding'), target);
  seen.content = content;
  const answer = {
    method: seen.hop.method,
    secure: seen.hop.url.protocol === 'https:',
    status: response.status,
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
    check.trace.status = response.status;
    const next = nextHop(hop, response.status, response.headers, check.target.redirects);
    if (next === null) return judge(response, check);
    hangUp(check);
    if (isFailure(next)) return failedWith(next);
    hop = next;
  }
};

const failed = (error: unknown, { signal, trace }: Pick<Check, 'signal' | 'trace'>, timeoutMs: number): Failure => {
  if (signal.reason === STOPPED) return unknown('paused', 'the check was stopped before it was done');
  return signal.aborted ? timedOut(timeoutMs, trace) : failureOf(error, trace);
};

/** When a check began, and what of it was done before it came to one address. */
type Start = { startedAt: number; at: number; found: Found | null; resolveMs: number };

const startNow = (time: Time): Start => ({ startedAt: time.monotonic(), at: time.now(), found: null, resolveMs: 0 });

const checkOnce = async (
  ready: Prepared,
  context: CheckContext,
  time: Time,
  start = startNow(time),
): Promise<CheckResult> => {
  const { id, timeoutMs, signal, inspect = false } = context;
  const { startedAt, at, found, resolveMs } = start;
  const trace = createTrace(startedAt);
  if (found) Object.assign(trace, { phases: { resolve: resolveMs }, cached: found.cached });
  const seen: Seen = { hop: ready.first, session: null, head: null, content: null, failedByPattern: false };
  const check: Check = { ...ready, found, seen, trace, signal, inspect, startedAt, time };
  const onAbort = (): void => void trace.socket?.destroy(new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  let verdict: Verdict;
  try {
    signal.throwIfAborted();
    verdict = await run(check);
  } catch (error) {
    verdict = failedWith(failed(error, check, timeoutMs));
  } finally {
    signal.removeEventListener('abort', onAbort);
    hangUp(check);
  }
  const result = { probe: id, at, durationMs: time.monotonic() - startedAt };
  return resultOf(result, trace, verdict, ready.hiding.hide, inspect ? factsOf(trace, seen) : null);
};

/** The same check at every address of the name at once; the worst one decides. */
const checkEvery = async (ready: Prepared, context: CheckContext, time: Time): Promise<CheckResult> => {
  const start = startNow(time);
  const trace = createTrace(start.startedAt);
  trace.place = placeOf(ready.first.url);
  const { id, timeoutMs, signal } = context;
  try {
    const found = await lookUp(hostOf(ready.first.url), ready.target.reach, trace, signal, time.monotonic);
    const resolveMs = trace.phases.resolve ?? 0;
    const results = await Promise.all(
      found.addresses
        .slice(0, MOST_ADDRESSES)
        .map((address) =>
          checkOnce(ready, context, time, { ...start, found: { ...found, addresses: [address] }, resolveMs }),
        ),
    );
    return worstOf(results as [CheckResult, ...CheckResult[]]);
  } catch (error) {
    const verdict = failedWith(failed(error, { signal, trace }, timeoutMs));
    const result = { probe: id, at: start.at, durationMs: time.monotonic() - start.startedAt };
    return resultOf(result, trace, verdict, ready.hiding.hide, null);
  }
};

const hasManyAddresses = ({ reach, proxy }: HttpTarget, { url }: Hop): boolean =>
  reach.addresses === 'all' && proxy === null && isHttp(url) && isIP(hostOf(url)) === 0;

/** The HTTP(S) probe. Its durations are real time on the monotonic clock. */
export const createHttpProbe = (time: Time = systemClock): Probe<HttpTarget> => {
  const prepare = createPreparing();
  const tokens = createTokens({ monotonic: time.monotonic, obtain: fetchToken });
  return async (target, context) => {
    const ready = prepare(target);
    const { auth, tls, reach } = target;
    const checkHop = hasManyAddresses(target, ready.first) ? checkEvery : checkOnce;
    const check = (first: Hop): Promise<CheckResult> => checkHop({ ...ready, first }, context, time);
    if (auth?.kind !== 'oauth2') return check(ready.first);
    return checkSignedIn({ auth, ca: tls.ca, reach, ...ready, tokens, time, context, check });
  };
};
