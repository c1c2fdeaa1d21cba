import { isIP } from 'node:net';
import { systemClock } from '../../clock.ts';
import { beginNow, checkEvery, traceOf, type Begun } from '../every-address.ts';
import { failureFrom, traced, type Timing } from '../outcome.ts';
import type { CheckContext, CheckResult, Probe } from '../probe.ts';
import type { HttpTarget } from '../targets.ts';
import { headerText } from './answer.ts';
import { decodeBody } from './encoding.ts';
import type { Response } from './exchange.ts';
import { factsOf, type Seen } from './facts.ts';
import { complete, enter, type Trace } from '../net/phases.ts';
import { isFailure, unknown, type Failure } from '../net/reasons.ts';
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

const checkOnce = (
  ready: Prepared,
  context: CheckContext,
  time: Time,
  start: Begun = beginNow(time),
): Promise<CheckResult> => {
  const { id, signal, inspect = false } = context;
  const { startedAt, at, found } = start;
  return traced(signal, traceOf(start), async (trace) => {
    const seen: Seen = { hop: ready.first, session: null, head: null, content: null, failedByPattern: false };
    const check: Check = { ...ready, found, seen, trace, signal, inspect, startedAt, time };
    let verdict: Verdict;
    try {
      signal.throwIfAborted();
      verdict = await run(check);
    } catch (error) {
      verdict = failedWith(failureFrom(error, trace, context));
    } finally {
      hangUp(check);
    }
    const result = { probe: id, at, durationMs: time.monotonic() - startedAt };
    return resultOf(result, trace, verdict, ready.hiding.hide, inspect ? factsOf(trace, seen) : null);
  });
};

const checkAll = (ready: Prepared, context: CheckContext, time: Time): Promise<CheckResult> => {
  const { first, target, hiding } = ready;
  const every = {
    host: hostOf(first.url),
    place: placeOf(first.url),
    reach: target.reach,
    check: (start: Begun) => checkOnce(ready, context, time, start),
    failed: (start: Timing, trace: Trace, failure: Failure) =>
      resultOf(start, trace, failedWith(failure), hiding.hide, null),
  };
  return checkEvery(every, context, time);
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
    const checkHop = hasManyAddresses(target, ready.first) ? checkAll : checkOnce;
    const check = (first: Hop): Promise<CheckResult> => checkHop({ ...ready, first }, context, time);
    if (auth?.kind !== 'oauth2') return check(ready.first);
    return checkSignedIn({ auth, ca: tls.ca, reach, ...ready, tokens, time, context, check });
  };
};
