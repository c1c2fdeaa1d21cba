import { messageOf } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { request } from './http.ts';
import {
  costOf,
  labelsOf,
  linesOf,
  metadataOf,
  namesOf,
  ruleGroupsOf,
  seriesOf,
  textsOf,
  Unreadable,
  type CostAnswer,
  type Line,
  type MetadataAnswer,
  type RuleGroupAnswer,
} from './prometheus-answers.ts';
import { failure, failureOfStatus, retryAfterMs, shortened, type PrometheusFailure } from './prometheus-errors.ts';

export type { CostAnswer, Line, Point, RuleGroupAnswer } from './prometheus-answers.ts';
export type { PrometheusFailure } from './prometheus-errors.ts';

/** `partial`: the server says that a part of its data could not be read; null when all was. */
export type PrometheusAnswer<T> =
  | { ok: true; value: T; partial: string | null }
  | { ok: false; failure: PrometheusFailure };

export type PrometheusAddress = {
  /** What stands before `/api/v1`; a user and password in it are sent as a header. */
  url: string;
  token: Secret | null;
  /** `X-Scope-OrgID` of Mimir, Cortex and Loki's kin. */
  tenant: string | null;
  headers: Readonly<Record<string, Secret>>;
  timeoutMs: number;
  userAgent: string;
  /** Most that is read of an answer. Default 1 MiB, which holds no server up. */
  mostBytes?: number;
};

type Labels = Readonly<Record<string, string>>;
type Span = { from: number; to: number };

/** The HTTP API of Prometheus and of all that speak it. Instants are epoch ms; each call is one attempt. */
export type PrometheusClient = {
  query(promql: string, at: number, signal?: AbortSignal): Promise<PrometheusAnswer<readonly Line[]>>;
  /** At `from`, every `stepMs` after it, up to and with `to`. */
  queryRange(
    promql: string,
    span: Span & { stepMs: number },
    signal?: AbortSignal,
  ): Promise<PrometheusAnswer<readonly Line[]>>;
  /** What evaluating it once reads. */
  cost(promql: string, at: number, signal?: AbortSignal): Promise<PrometheusAnswer<CostAnswer>>;
  series(selectors: readonly string[], span: Span, signal?: AbortSignal): Promise<PrometheusAnswer<readonly Labels[]>>;
  /** Names of labels. */
  labels(selectors: readonly string[], span: Span, signal?: AbortSignal): Promise<PrometheusAnswer<readonly string[]>>;
  flags(signal?: AbortSignal): Promise<PrometheusAnswer<Labels>>;
  runtimeInfo(signal?: AbortSignal): Promise<PrometheusAnswer<Labels>>;
  rules(signal?: AbortSignal): Promise<PrometheusAnswer<readonly RuleGroupAnswer[]>>;
  metadata(metric: string, signal?: AbortSignal): Promise<PrometheusAnswer<MetadataAnswer>>;
};

// Reading 1 MiB of JSON holds the loop for some milliseconds; a day of minutes is 40 KiB.
const MOST_BYTES = 1024 * 1024;

// Remarks about the query itself (Prometheus 3), not about data that is missing.
const REMARK = /^PromQL (?:info|warning)/;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const basicOf = (url: URL): string | null => {
  if (url.username === '' && url.password === '') return null;
  const pair = `${decoded(url.username)}:${decoded(url.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
};

const headersOf = (address: PrometheusAddress, basic: string | null): Record<string, string> => {
  const authorization = address.token ? `Bearer ${address.token.reveal().trim()}` : basic;
  return {
    accept: 'application/json',
    'user-agent': address.userAgent,
    ...(authorization ? { authorization } : {}),
    ...(address.tenant === null ? {} : { 'x-scope-orgid': address.tenant }),
    ...Object.fromEntries(Object.entries(address.headers).map(([name, value]) => [name, value.reveal().trim()])),
  };
};

const jsonIn = (body: Uint8Array): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
};

const notJson = (body: Uint8Array): string =>
  /^\s*</.test(Buffer.from(body.subarray(0, 200)).toString('utf8'))
    ? 'It answers with a web page instead of data: is a login or another server in front of it?'
    : 'Its answer breaks off, or is no JSON';

const partialOf = (warnings: unknown): string | null => {
  const told = textsOf(warnings).filter((text) => !REMARK.test(text));
  return told.length === 0 ? null : shortened(told.join('; '));
};

const listed = (name: string, values: readonly string[]): [string, string][] => values.map((value) => [name, value]);

const seconds = (ms: number): string => String(ms / 1_000);

/** `now` only reads a `Retry-After` that is a date. Throws nothing: what goes wrong is in the answer. */
export const createPrometheus = (address: PrometheusAddress, now: () => number): PrometheusClient => {
  const base = new URL(address.url);
  const basic = basicOf(base);
  base.username = '';
  base.password = '';
  const root = `${base.origin}${base.pathname.replace(/\/+$/, '')}/api/v1/`;
  const headers = headersOf(address, basic);
  const mostBytes = address.mostBytes ?? MOST_BYTES;
  const secrets = [
    basic?.slice(6),
    address.token?.reveal().trim(),
    ...Object.values(address.headers).map((one) => one.reveal().trim()),
  ];
  /** A refused header is quoted in the error that refuses it. */
  const hide = (text: string): string =>
    secrets.reduce<string>((said, secret) => (secret ? said.replaceAll(secret, '[secret]') : said), text);

  const unreachable = (reason: string): PrometheusFailure =>
    failure('unavailable', `It cannot be reached: ${hide(reason.replace(/^fetch failed: /, ''))}`);

  const ask = async <T>(
    path: string,
    params: readonly [string, string][] | null,
    read: (data: unknown) => T,
    signal?: AbortSignal,
  ): Promise<PrometheusAnswer<T>> => {
    const deadline = AbortSignal.timeout(address.timeoutMs);
    const form = params && new URLSearchParams(params.map(([name, value]) => [name, value])).toString();
    const answer = await request(root + path, {
      method: form === null ? 'GET' : 'POST',
      headers: form === null ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      ...(form === null ? {} : { body: form }),
      timeoutMs: address.timeoutMs * 2,
      maxBytes: mostBytes,
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
    });
    if (!answer.ok) {
      if (deadline.aborted)
        return { ok: false, failure: failure('timeout', `No answer within ${seconds(address.timeoutMs)} s`) };
      const tooLarge = answer.reason.startsWith('the answer is larger');
      return {
        ok: false,
        failure: tooLarge
          ? failure('too-large', `Its answer is larger than ${mostBytes / 1024} KiB`)
          : unreachable(answer.reason),
      };
    }
    const { status, body } = answer;
    const said = jsonIn(body);
    const errorType = typeof said?.['errorType'] === 'string' ? said['errorType'] : null;
    const sentence = typeof said?.['error'] === 'string' ? hide(said['error']) : null;
    const refused = failureOfStatus(
      status,
      errorType,
      sentence,
      retryAfterMs(answer.headers.get('retry-after'), now()),
    );
    if (refused) return { ok: false, failure: refused };
    if (said === null) return { ok: false, failure: failure('malformed', notJson(body)) };
    if (said['status'] !== 'success')
      return { ok: false, failure: failure('malformed', sentence ?? 'Its answer does not say that it succeeded') };
    try {
      return { ok: true, value: read(said['data']), partial: partialOf(said['warnings']) };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return { ok: false, failure: failure('malformed', `Its answer cannot be read: ${messageOf(error)}`) };
    }
  };

  // The server stops computing what nobody waits for.
  const timeout: [string, string] = ['timeout', `${seconds(address.timeoutMs)}s`];
  const within = ({ from, to }: Span): [string, string][] => [
    ['start', seconds(from)],
    ['end', seconds(to)],
  ];

  return {
    query: (promql, at, signal) => ask('query', [['query', promql], ['time', seconds(at)], timeout], linesOf, signal),
    queryRange: (promql, span, signal) =>
      ask(
        'query_range',
        [['query', promql], ...within(span), ['step', seconds(span.stepMs)], timeout],
        linesOf,
        signal,
      ),
    cost: (promql, at, signal) =>
      ask('query', [['query', promql], ['time', seconds(at)], ['stats', 'all'], timeout], costOf, signal),
    series: (selectors, span, signal) =>
      ask('series', [...listed('match[]', selectors), ...within(span)], seriesOf, signal),
    labels: (selectors, span, signal) =>
      ask('labels', [...listed('match[]', selectors), ...within(span)], namesOf, signal),
    flags: (signal) => ask('status/flags', null, labelsOf, signal),
    runtimeInfo: (signal) => ask('status/runtimeinfo', null, labelsOf, signal),
    rules: (signal) => ask('rules', null, ruleGroupsOf, signal),
    metadata: (metric, signal) => ask(`metadata?metric=${encodeURIComponent(metric)}`, null, metadataOf, signal),
  };
};
