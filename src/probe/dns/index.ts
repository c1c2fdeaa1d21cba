import { Resolver } from 'node:dns';
import { formatAddress, parseServer } from '../../definition/address.ts';
import { cut, judge, occursIn, shown, type JudgeOne } from '../judge.ts';
import { createProbe } from '../kind.ts';
import { findAddress } from '../net/find.ts';
import { orOwnLack } from '../net/own-files.ts';
import { complete, enter, type Trace } from '../net/phases.ts';
import { fail, isFailure, unknown, type Failure } from '../net/reasons.ts';
import type { Outcome, Time, Visit } from '../outcome.ts';
import type { Probe } from '../probe.ts';
import type { Assertion, DnsTarget, Reach } from '../targets.ts';
import { ask, canonical } from './records.ts';

type Code = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'FORMERR' | 'NOTIMP';
type Answer = { code: Code; answers: readonly string[]; serial?: number };

// c-ares tells these codes of RFC 1035 4.1.1 by errors of its own. ENODATA is NOERROR without a record of the type;
// codes above 5, which no server uses for a question, are told the same way.
const CODES: Record<string, Code> = {
  ENODATA: 'NOERROR',
  ENOTFOUND: 'NXDOMAIN',
  ESERVFAIL: 'SERVFAIL',
  EREFUSED: 'REFUSED',
  EFORMERR: 'FORMERR',
  ENOTIMP: 'NOTIMP',
};

/** A name server may stand anywhere but at a metadata address. */
const REACH: Reach = { ip: 'prefer-v4', resolver: null, addresses: 'one', allow: ['private'] };

/** Points the resolver to the server of the probe, whose own name the machine looks up. */
const turnTo = async (resolver: Resolver, server: string, { trace, signal, time }: Visit): Promise<Failure | null> => {
  const at = parseServer(server);
  if (!at) return unknown('internal', 'the server of the probe is no address of a name server');
  trace.place = formatAddress(at);
  const found = await findAddress({ host: at.host, reach: REACH, guarded: false }, trace, signal, time.monotonic);
  if (isFailure(found)) return found;
  const host = found.address;
  resolver.setServers([formatAddress({ host, port: at.port })]);
  return null;
};

const question = ({ name, type }: DnsTarget): string => `${type} ${name}`;

/** Asks once. Rejects with c-ares' errors where there was no answer at all. */
const answerTo = (resolver: Resolver, { name, type }: DnsTarget, signal: AbortSignal): Promise<Answer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const onAbort = (): void => resolver.cancel();
  signal.addEventListener('abort', onAbort, { once: true });
  ask(resolver, name, type, (error, answers, serial) => {
    signal.removeEventListener('abort', onAbort);
    const code = error ? CODES[error.code ?? ''] : 'NOERROR';
    if (code === undefined) reject(error);
    else resolve({ code, answers, ...(serial === undefined ? {} : { serial }) });
  });
  return promise;
};

/** What c-ares says when there was no answer; the deadline is told apart before. */
const noAnswer = (error: unknown, { place }: Trace): Failure | null => {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ETIMEOUT') return fail('timeout', `${place} gave no answer that counts`);
  if (code === 'EBADRESP') return fail('protocol', `the answer of ${place} is no DNS message`);
  if (code === 'EBADNAME') return unknown('internal', 'the name of the probe is none that can be asked for');
  return code === 'ECONNREFUSED' ? fail('refused', `nobody answers DNS at ${place}`) : null;
};

const list = (answers: readonly string[]): string =>
  answers.length === 0 ? 'none' : cut(answers.map(shown).join(', '), 160);

const judgeAnswers = (
  { include = [], equal, matches, atLeast = 0 }: Extract<Assertion, { kind: 'answers' }>,
  answers: readonly string[],
  { type }: DnsTarget,
): Failure | null => {
  const was = `answers were ${list(answers)}, expected`;
  const got = new Set(answers);
  const missing = include.filter((text) => !got.has(canonical(text, type)));
  if (missing.length > 0) return fail('answers', `${was} ${list(missing)} among them`);
  const whole = equal && new Set(equal.map((text) => canonical(text, type)));
  if (whole && whole.symmetricDifference(got).size > 0) return fail('answers', `${was} exactly ${list([...whole])}`);
  const found = matches === undefined || occursIn('answers', matches, answers);
  if (typeof found === 'object') return found;
  if (!found) return fail('answers', `${was} one that matches ${shown(matches ?? '')}`);
  return answers.length < atLeast ? fail('answers', `${was} at least ${atLeast}`) : null;
};

const ownJudge =
  ({ code, answers }: Answer, target: DnsTarget): JudgeOne =>
  (assertion) => {
    if (assertion.kind === 'answers') return judgeAnswers(assertion, answers, target);
    if (assertion.kind !== 'code') return undefined;
    return code === assertion.expected ? null : fail('dns', `the code was ${code}, expected ${assertion.expected}`);
  };

/** Without a word about code or answers, there must be an answer. */
const judgeUnasked = ({ code, answers }: Answer, target: DnsTarget, place: string): Failure | null => {
  const asks = (kind: Assertion['kind']): boolean => target.assertions.some((assertion) => assertion.kind === kind);
  if (asks('code')) return null;
  if (code !== 'NOERROR') return fail('dns', `${place} answered ${code} for ${question(target)}`);
  return asks('answers') || answers.length > 0
    ? null
    : fail('answers', `${place} has no answer for ${question(target)}`);
};

const look = async (target: DnsTarget, visit: Visit): Promise<Outcome | Failure> => {
  const { trace, signal, time, startedAt, timeoutMs, inspect } = visit;
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  trace.place = 'the name server of this machine';
  const wrong = target.server === null ? null : await turnTo(resolver, target.server, visit);
  if (wrong) return wrong;
  enter(trace, 'processing', time.monotonic());
  let answer: Answer;
  try {
    answer = await answerTo(resolver, target, signal);
  } catch (met) {
    const error = orOwnLack(met);
    const failure = signal.aborted ? null : noAnswer(error, trace);
    if (failure) return { failure, ...(inspect ? { facts: { dns_query_succeeded: 0 } } : {}) };
    throw error;
  }
  const now = time.monotonic();
  complete(trace, now);
  const { answers, serial } = answer;
  const readings = { answers: answers.length, ...(serial === undefined ? {} : { serial }) };
  const evidence = { durationMs: now - startedAt, certificateExpiresAt: null, readings, now: time.now() };
  const unasked = judgeUnasked(answer, target, trace.place);
  const judged = unasked ? { failure: unasked } : judge(target, evidence, ownJudge(answer, target));
  const facts = {
    dns_query_succeeded: 1,
    dns_answer_rrs: answers.length,
    ...(serial === undefined ? {} : { dns_serial: serial }),
  };
  return { ...judged, readings, ...(inspect ? { facts } : {}) };
};

/** Asks a name server once; its answer, even that there is none, is what is judged. */
export const createDnsProbe = (time?: Time): Probe<DnsTarget> => createProbe(look, time);
