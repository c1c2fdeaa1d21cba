/**
 * Why an answer is of no use.
 * - `bad-data`: the query is wrong, and stays so until somebody changes it.
 * - `timeout`: no answer within the deadline, ours or the server's.
 * - `unauthorized`: the token or the tenant is missing or wrong.
 * - `throttled`: asked too often.
 * - `too-large`: more than we take.
 * - `malformed`: it answers, and not what such a server answers: a login page, half a text.
 * - `unavailable`: nobody there, or not able to answer.
 */
export type PrometheusFailure = {
  reason: 'bad-data' | 'timeout' | 'unauthorized' | 'throttled' | 'too-large' | 'malformed' | 'unavailable';
  /** One sentence for people, without secrets. */
  text: string;
  /** How long the server asks us to wait. */
  retryAfterMs: number | null;
};

const MOST_TEXT = 300;

export const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT)}…` : line;
};

export const failure = (
  reason: PrometheusFailure['reason'],
  text: string,
  retryAfterMs: number | null = null,
): PrometheusFailure => ({ reason, text: shortened(text), retryAfterMs });

/** `Retry-After`, RFC 9110 10.2.3: seconds, or a date. */
export const retryAfterMs = (header: string | null, now: number): number | null => {
  if (header === null) return null;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
};

/** What the status says; `said` is the server's own sentence, where it gave one. Null: the status is fine. */
export const failureOfStatus = (
  status: number,
  errorType: string | null,
  said: string | null,
  waitMs: number | null,
): PrometheusFailure | null => {
  const because = said ? `: ${said}` : '';
  if (errorType === 'timeout' || status === 408 || status === 504)
    return failure('timeout', `It did not finish in time${because}`, waitMs);
  if (status === 401 || status === 403)
    return failure('unauthorized', `It does not let Nines in (status ${status})${because}`, waitMs);
  if (status === 429) return failure('throttled', `It is asked too often (status 429)${because}`, waitMs);
  if (status === 404 && errorType === null)
    return failure('unavailable', 'There is no Prometheus API at this address (status 404)', waitMs);
  // Mimir and Thanos answer 422 to what they will not compute, as Prometheus does to what fails while it runs.
  if (status === 400 || status === 404 || status === 405 || status === 413 || status === 414 || status === 422)
    return failure('bad-data', said ?? `It refuses the request (status ${status})`);
  if (status >= 300 && status < 400)
    return failure('malformed', `It sends us elsewhere (status ${status}) instead of answering`);
  if (status >= 400) return failure('unavailable', `It cannot answer now (status ${status})${because}`, waitMs);
  return null;
};
