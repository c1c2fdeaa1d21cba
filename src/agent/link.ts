import { request } from '../client/http.ts';
import { SECOND } from '../duration.ts';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';
import type { CheckResult, Target } from '../probe/probe.ts';
import type { Secret } from '../secret.ts';

/** What agents and server say to each other may change only together with this number. */
export const PROTOCOL = 1;

export type Hello = {
  agent: string;
  version: string;
  revision: string | null;
  waitMs: number;
  offsetMs: number | null;
  backlog: number;
  dropped: number;
};

/** Not done: `again` when time may mend it, `refused` when only a person can. */
export type Failure = { ok: false; kind: 'again' | 'refused'; code: ErrorCode; message: string };
export type Assignment = {
  ok: true;
  revision: string;
  /** Null: those of the revision that was named. */
  targets: readonly Target[] | null;
  /** Of the server's clock, epoch ms. */
  receivedAt: number;
  sentAt: number;
};
export type Taken = { ok: true; taken: number; refused: number };

/** The agent's side of the wire: every connection is ours. */
export type Link = {
  /** Waits up to `waitMs`, at most 20 s, for other targets. */
  poll(hello: Hello, signal: AbortSignal): Promise<Assignment | Failure>;
  report(results: readonly CheckResult[], signal: AbortSignal): Promise<Taken | Failure>;
};

export type LinkParts = { url: string; location: string; token: Secret };

/** The server waits 20 s, the road takes its time. */
const POLL_DEADLINE = 30 * SECOND;
const REPORT_DEADLINE = 20 * SECOND;

/** 100,000 targets of a fleet are some 60 MB. */
const MOST_BYTES = 256 * 1024 * 1024;

const objectIn = (body: Uint8Array): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const isCode = (code: unknown): code is ErrorCode => (ERROR_CODES as readonly unknown[]).includes(code);

/** What waiting does not mend. A name that another agent holds becomes free. */
const LASTING: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'forbidden', 'not_found', 'invalid_request']);

/** What a timer can wait, and no flood: also a server of another mind must not stop the checks of the others. */
const LONGEST = 2 ** 31 - 1;
const SHORTEST = 100;

const isBetween = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && value >= least && value <= most;

const isTarget = (value: unknown): value is Target => {
  if (typeof value !== 'object' || value === null) return false;
  const { id, intervalMs, timeoutMs, retries, check } = value as Record<string, unknown>;
  const { count, waitMs } = (retries ?? {}) as Record<string, unknown>;
  return (
    typeof id === 'string' &&
    isBetween(intervalMs, SHORTEST, LONGEST) &&
    isBetween(timeoutMs, 1, LONGEST) &&
    isBetween(count, 0, 100) &&
    isBetween(waitMs, 0, LONGEST) &&
    typeof check === 'object' &&
    check !== null &&
    typeof (check as Record<string, unknown>)['kind'] === 'string'
  );
};

const assignmentIn = (answer: Record<string, unknown>): Assignment | null => {
  const { revision, targets, receivedAt, sentAt } = answer;
  if (typeof revision !== 'string' || !Number.isFinite(receivedAt) || !Number.isFinite(sentAt)) return null;
  if (targets !== null && !(Array.isArray(targets) && targets.every(isTarget))) return null;
  return { ok: true, revision, targets, receivedAt: receivedAt as number, sentAt: sentAt as number };
};

export const createLink = ({ url, location, token }: LinkParts): Link => {
  const call = async <T>(
    verb: 'poll' | 'results',
    body: unknown,
    timeoutMs: number,
    signal: AbortSignal,
    read: (answer: Record<string, unknown>) => T | null,
  ): Promise<T | Failure> => {
    const answer = await request(`${url}/api/v1/locations/${encodeURIComponent(location)}/${verb}`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token.reveal()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
      timeoutMs,
      maxBytes: MOST_BYTES,
      signal,
    });
    if (!answer.ok)
      return {
        ok: false,
        kind: 'again',
        code: 'server_unreachable',
        message: `No Nines answers at ${url} (${answer.reason}); checks go on, and their results are kept.`,
      };
    const value = objectIn(answer.body);
    const found = answer.status === 200 ? read(value) : null;
    if (found !== null) return found;
    const { code, message } = value;
    if (isCode(code))
      return { ok: false, kind: LASTING.has(code) ? 'refused' : 'again', code, message: String(message) };
    return {
      ok: false,
      kind: answer.status >= 500 ? 'again' : 'refused',
      code: 'server_unreachable',
      message: `What answers at ${url} is no Nines that takes agents (status ${answer.status}); name the right one with --join.`,
    };
  };
  return {
    poll: (hello, signal) => call('poll', { protocol: PROTOCOL, ...hello }, POLL_DEADLINE, signal, assignmentIn),
    report: (results, signal) =>
      call('results', { results }, REPORT_DEADLINE, signal, ({ taken, refused }) =>
        Number.isInteger(taken) && Number.isInteger(refused)
          ? { ok: true as const, taken: taken as number, refused: refused as number }
          : null,
      ),
  };
};
