import { WebClient } from '@slack/web-api';
import type { Secret } from '../secret.ts';
import { failureOfNetwork, failureOfStatus, failureOfWord, type SlackFailure } from './slack-errors.ts';

export type { SlackFailure } from './slack-errors.ts';

export type SlackAnswer<T> = { ok: true; value: T } | { ok: false; failure: SlackFailure };

/** Block Kit, as https://docs.slack.dev/reference/block-kit describes it. */
export type SlackBlock = { type: string; block_id: string } & Record<string, unknown>;

export type SlackMetadata = { event_type: string; event_payload: Readonly<Record<string, string | number>> };

export type SlackPost = {
  channel: string;
  text: string;
  blocks?: readonly SlackBlock[];
  metadata?: SlackMetadata;
  thread_ts?: string;
  reply_broadcast?: boolean;
  client_msg_id?: string;
};

export type SlackFound = { ts: string; metadata?: SlackMetadata };
export type SlackPage = { messages: readonly SlackFound[]; nextCursor: string | null };
/** `oldest` is epoch seconds with a fraction, as Slack writes timestamps. */
export type SlackLook = { channel: string; oldest: string; cursor?: string };

export type SlackClient = {
  postMessage(post: SlackPost, signal: AbortSignal): Promise<SlackAnswer<{ channel: string; ts: string }>>;
  updateMessage(
    change: SlackPost & { ts: string },
    signal: AbortSignal,
  ): Promise<SlackAnswer<{ channel: string; ts: string }>>;
  history(look: SlackLook, signal: AbortSignal): Promise<SlackAnswer<SlackPage>>;
  replies(look: SlackLook & { ts: string }, signal: AbortSignal): Promise<SlackAnswer<SlackPage>>;
  /** `scopes` is null where Slack does not list them. */
  authTest(signal: AbortSignal): Promise<SlackAnswer<{ team: string; user: string; scopes: readonly string[] | null }>>;
};

const TIMEOUT_MS = 8_000;

const quiet = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => 'error' };

/** What of an HTTP answer the SDK does not pass on with its errors. */
type Seen = { status: number | null; afterMs: number | null };

const retryAfterMs = (header: string | null): number | null => {
  const seconds = header === null ? Number.NaN : Number.parseInt(header, 10);
  return seconds >= 0 ? seconds * 1_000 : null;
};

// Slack's error words; anything else in their place is a page of a proxy that the SDK took for a word.
const WORD = /^[a-z0-9_*]{1,80}$/;

const wordOf = (error: unknown): string | null => {
  const word = (error as { data?: { error?: unknown } } | null)?.data?.error;
  return typeof word === 'string' && WORD.test(word) ? word : null;
};

const classify = (error: unknown, seen: Seen, aborted: boolean): SlackFailure => {
  if (seen.status === null) return failureOfNetwork(error, aborted);
  if (seen.status !== 200) return failureOfStatus(seen.status, seen.afterMs);
  const word = wordOf(error);
  if (word) return failureOfWord(word, seen.afterMs);
  // A body that stalls or breaks after a 200 leaves it open whether the message was posted.
  if (aborted) return failureOfNetwork(error, true);
  return {
    class: 'unknown',
    error: 'not_json',
    sentence: 'Slack answered with something that is not JSON',
    afterMs: null,
  };
};

const NOT_STARTED: SlackFailure = {
  class: 'unavailable',
  error: 'stopped',
  sentence: 'it was stopped before the request was sent',
  afterMs: null,
};

/** One request of the SDK with everything of its own switched off: no retries, no pause, no log. */
type Call = (
  method: string,
  args: Record<string, unknown>,
  signal: AbortSignal,
) => Promise<SlackAnswer<Record<string, unknown>>>;

const caller =
  (token: Secret, apiUrl: string | null): Call =>
  async (method, args, signal) => {
    if (signal.aborted) return { ok: false, failure: NOT_STARTED };
    const seen: Seen = { status: null, afterMs: null };
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    // A client per request (0.1 ms): its `fetch` belongs to this request, so signal and evidence cannot mix; and
    // the SDK writes the token into the `headers` object it is given, so none may be shared.
    const web = new WebClient(token.reveal(), {
      ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: TIMEOUT_MS,
      headers: {},
      allowAbsoluteUrls: false,
      logger: quiet as never,
      fetch: async (url, init) => {
        const response = await fetch(url, { ...init, signal: deadline });
        seen.status = response.status;
        seen.afterMs = retryAfterMs(response.headers.get('retry-after'));
        return response;
      },
    });
    try {
      return { ok: true, value: { ...(await web.apiCall(method, args)) } };
    } catch (error) {
      return { ok: false, failure: classify(error, seen, deadline.aborted) };
    }
  };

const unreadable = (): SlackAnswer<never> => ({
  ok: false,
  failure: { class: 'unknown', error: 'not_slack', sentence: 'the answer is not one of Slack', afterMs: null },
});

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const placeOf = (answer: SlackAnswer<Record<string, unknown>>): SlackAnswer<{ channel: string; ts: string }> => {
  if (!answer.ok) return answer;
  const place = { channel: text(answer.value['channel']), ts: text(answer.value['ts']) };
  return place.channel && place.ts ? { ok: true, value: place } : unreadable();
};

const pageOf = (answer: SlackAnswer<Record<string, unknown>>): SlackAnswer<SlackPage> => {
  if (!answer.ok) return answer;
  const messages = answer.value['messages'];
  if (!Array.isArray(messages)) return unreadable();
  const cursor = text((answer.value['response_metadata'] as { next_cursor?: unknown } | undefined)?.next_cursor);
  return { ok: true, value: { messages: messages as SlackFound[], nextCursor: cursor || null } };
};

/**
 * Slack's Web API, one request per call, through @slack/web-api. `apiUrl` null = slack.com. Never throws for an answer
 * of the other side: it is classified. A call ends at the signal, at the latest after 8 s.
 */
export const createSlackClient = (options: { token: Secret; apiUrl: string | null }): SlackClient => {
  const call = caller(options.token, options.apiUrl);
  const look = { inclusive: true, limit: 200, include_all_metadata: true };
  return {
    postMessage: async (post, signal) =>
      placeOf(await call('chat.postMessage', { unfurl_links: false, unfurl_media: false, ...post }, signal)),
    updateMessage: async (change, signal) => placeOf(await call('chat.update', change, signal)),
    history: async (args, signal) => pageOf(await call('conversations.history', { ...args, ...look }, signal)),
    replies: async (args, signal) => pageOf(await call('conversations.replies', { ...args, ...look }, signal)),
    authTest: async (signal) => {
      const answer = await call('auth.test', {}, signal);
      if (!answer.ok) return answer;
      const scopes = (answer.value['response_metadata'] as { scopes?: readonly string[] } | undefined)?.scopes;
      return {
        ok: true,
        value: { team: text(answer.value['team']), user: text(answer.value['user']), scopes: scopes ?? null },
      };
    },
  };
};
