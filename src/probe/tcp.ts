import type { Socket } from 'node:net';
import { parseAddress } from '../definition/address.ts';
import { converse, linesIn, MAX_HEARD_BYTES, tooMuch, type Conversation } from './conversation.ts';
import { compilePattern, findLine } from './http/pattern.ts';
import { judge, shown } from './judge.ts';
import { createProbe, namedByAddress } from './kind.ts';
import { connect } from './net/connect.ts';
import { secure } from './net/handshake.ts';
import { complete, enter } from './net/phases.ts';
import { fail, isFailure, unknown, type Failure } from './net/reasons.ts';
import { failureFrom, type Time, type Visit } from './outcome.ts';
import type { Probe } from './probe.ts';
import { startTls } from './starttls.ts';
import type { TcpTarget, TlsTarget } from './targets.ts';

export const NO_ADDRESS = unknown('internal', 'the address of the probe is not host:port');

type Way = Pick<TcpTarget | TlsTarget, 'address' | 'startTls' | 'reach' | 'tls'>;

/** Connects, with TLS from the start or by STARTTLS; the socket is ready to talk, its certificate judged. */
export const reachAddress = async (
  { address, startTls: protocol, reach, tls }: Way,
  isSecure: boolean,
  { trace, signal, time, found }: Visit,
): Promise<Socket | Failure> => {
  const at = parseAddress(address);
  if (!at) return NO_ADDRESS;
  trace.place = address;
  const door = {
    ...at,
    tls: isSecure && protocol === null ? tls : null,
    alpn: [],
    reach,
    guarded: false,
    ...(found && { found }),
  };
  const socket = await connect(door, trace, signal, time.monotonic);
  if (isFailure(socket) || protocol === null) return socket;
  const refused = await startTls(protocol, socket, tls.serverName ?? at.host, trace, time.monotonic);
  return refused ?? secure(socket, at.host, tls, trace, time.monotonic);
};

const hideAll = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '[secret]'), text);

/** What was heard so far in a step, for the sentence about its end. */
type Heard = { last: string; wanted: string; secrets: readonly string[] };

const heardText = ({ last, wanted, secrets }: Heard): string =>
  last === ''
    ? `no line matched ${wanted}, and none came`
    : `no line matched ${wanted}, the last one was ${shown(hideAll(last, secrets))}`;

/** Reads lines until one matches; what follows it is left for the next step. */
const untilMatch = async (
  talk: Conversation,
  pattern: RegExp,
  heard: Heard,
  place: string,
): Promise<Failure | null> => {
  let taken = 0;
  for (;;) {
    const lines = linesIn(talk.heard());
    const found = findLine(
      pattern,
      lines.map(({ text }) => text),
    );
    if (found === 'too-slow') return unknown('internal', `the search for ${heard.wanted} took too long`);
    const read = found === null ? lines : lines.slice(0, found + 1);
    taken += talk.take(read.reduce((sum, { bytes }) => sum + bytes, 0)).length;
    if (found !== null) return null;
    heard.last = lines.at(-1)?.text ?? heard.last;
    if (taken + talk.heard().length > MAX_HEARD_BYTES) return tooMuch(place, `a line that matches ${heard.wanted}`);
    if (await talk.more()) continue;
    // A last line may come without its end.
    const rest = talk.heard().toString('utf8');
    if (rest !== '') heard.last = rest;
    if (rest !== '' && findLine(pattern, [rest]) === 0) return null;
    return fail('expect', `${place} closed the connection: ${heardText(heard)}`);
  }
};

const runStep = async (
  { send, expect }: TcpTarget['steps'][number],
  talk: Conversation,
  secrets: readonly string[],
  { trace, signal, timeoutMs }: Visit,
): Promise<Failure | null> => {
  if (send !== null) await talk.say(send);
  if (expect === null) return null;
  const pattern = compilePattern(expect);
  if (!pattern) return unknown('internal', `${shown(expect)} is no regular expression`);
  const heard: Heard = { last: '', wanted: shown(expect), secrets };
  try {
    return await untilMatch(talk, pattern, heard, trace.place);
  } catch (error) {
    const failure = failureFrom(error, trace, { signal, timeoutMs });
    const unfinished = talk.heard().toString('utf8', 0, MAX_HEARD_BYTES);
    if (failure.outcome !== 'fail') return failure;
    return { ...failure, detail: `${failure.detail}; ${heardText({ ...heard, last: unfinished || heard.last })}` };
  }
};

/** Words that we send may come back in an answer; all but short ones and commands may be credentials. */
const secretsOf = ({ steps }: TcpTarget): string[] =>
  steps
    .flatMap(({ send }) => (send === null ? [] : send.split(/\s+/)))
    .filter((word) => word.length >= 8 || (word.length >= 4 && !/^[A-Z]+$/.test(word)))
    .toSorted((a, b) => b.length - a.length);

const runSteps = async (target: TcpTarget, socket: Socket, visit: Visit): Promise<Failure | null> => {
  const talk = converse(socket);
  const secrets = secretsOf(target);
  for (const step of target.steps) {
    const failure = await runStep(step, talk, secrets, visit);
    if (failure) return failure;
  }
  return null;
};

/** Connects to a port and, with steps, talks there. */
export const createTcpProbe = (time?: Time): Probe<TcpTarget> =>
  createProbe<TcpTarget>(
    async (target, visit) => {
      const { trace } = visit;
      const socket = await reachAddress(target, target.secure, visit);
      if (isFailure(socket)) return socket;
      if (target.steps.length > 0) {
        enter(trace, 'processing', visit.time.monotonic());
        const failure = await runSteps(target, socket, visit);
        if (failure) return failure;
        complete(trace, visit.time.monotonic());
      }
      return judge(target, {
        durationMs: visit.time.monotonic() - visit.startedAt,
        certificateExpiresAt: trace.certificateExpiresAt,
        readings: {},
        now: visit.time.now(),
      });
    },
    time,
    namedByAddress,
  );
