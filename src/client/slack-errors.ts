/**
 * What an answer of Slack that is not a success means for a message:
 * - `limited`: not taken, come back after `afterMs` · `unavailable`: not taken, try again
 * - `unknown`: it may have been posted · `config`: a person must change a token, scope or setting
 * - `channel`: this channel cannot be written to · `request`: Slack refuses what we wrote · `gone`: nothing there to change or to reply to
 */
export type SlackFailure = {
  class: 'limited' | 'unavailable' | 'unknown' | 'config' | 'channel' | 'request' | 'gone';
  /** Slack's own word, or ours where Slack gave none: `invalid_auth`, `http_502`, `timeout`. */
  error: string;
  /** One sentence for people, without secrets. */
  sentence: string;
  /** When to come back, where Slack said so. */
  afterMs: number | null;
};

const NEW_TOKEN = 'create a bot token with chat:write and set SLACK_BOT_TOKEN';
const RIGHTS = 'give the app the scopes chat:write, channels:history and groups:history and install it again';
const ADMIN = 'ask an administrator of the workspace to let the app in';
const INVITE = 'set a channel id (C…) in the definition and invite the bot to that channel';

// https://docs.slack.dev/reference/methods/chat.postMessage, chat.update, conversations.history (errors).
const CONFIG: Readonly<Record<string, string>> = {
  invalid_auth: NEW_TOKEN,
  not_authed: NEW_TOKEN,
  account_inactive: NEW_TOKEN,
  token_revoked: NEW_TOKEN,
  token_expired: NEW_TOKEN,
  not_allowed_token_type: NEW_TOKEN,
  missing_scope: RIGHTS,
  no_permission: RIGHTS,
  access_denied: ADMIN,
  accesslimited: ADMIN,
  ekm_access_denied: ADMIN,
  two_factor_setup_required: ADMIN,
  team_access_not_granted: ADMIN,
  message_limit_exceeded: 'the workspace has used up its messages: ask its administrator',
};

const CHANNEL: Readonly<Record<string, string>> = {
  channel_not_found: INVITE,
  not_in_channel: INVITE,
  is_archived: 'the channel is archived: unarchive it or name another one',
  is_inactive: 'the channel is frozen: name another one',
  messages_tab_disabled: 'the app takes no direct messages: name a channel',
};

const UNAVAILABLE = new Set([
  'service_unavailable',
  'team_added_to_org',
  'org_login_required',
  'external_channel_migrating',
]);
const LIMITED = new Set(['ratelimited', 'rate_limited']);
// duplicate_*: documented for client_msg_id only; Slack then believes that it has the message already.
const UNKNOWN = new Set([
  'fatal_error',
  'internal_error',
  'request_timeout',
  'duplicate_message_not_found',
  'duplicate_channel_not_found',
]);
const GONE = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'cannot_reply_to_message',
  'thread_not_found',
]);
const REQUEST = new Set([
  'msg_too_long',
  'msg_blocks_too_long',
  'invalid_blocks',
  'invalid_blocks_format',
  'block_mismatch',
  'no_text',
  'too_many_attachments',
  'metadata_too_large',
  'markdown_text_conflict',
  'invalid_arguments',
]);

/** Slack's documentation promises a Retry-After with every 429; this is for those that come without. */
export const DEFAULT_PAUSE_MS = 30_000;

/** Classifies `{"ok":false,"error":…}`. A word that is in no table says that nothing was posted: try again. */
export const failureOfWord = (error: string, afterMs: number | null): SlackFailure => {
  const failure = (kind: SlackFailure['class'], sentence: string): SlackFailure => ({
    class: kind,
    error,
    sentence,
    afterMs,
  });
  if (LIMITED.has(error)) {
    return { class: 'limited', error, sentence: 'Slack limits the rate', afterMs: afterMs ?? DEFAULT_PAUSE_MS };
  }
  if (UNAVAILABLE.has(error)) return failure('unavailable', `Slack is not available (${error})`);
  if (UNKNOWN.has(error)) return failure('unknown', `Slack does not say whether it took the message (${error})`);
  if (GONE.has(error)) return failure('gone', `the earlier message is not there any more (${error})`);
  if (REQUEST.has(error) || error.startsWith('invalid_metadata_')) {
    return failure('request', `Slack refuses the layout of the message (${error})`);
  }
  if (CONFIG[error]) return failure('config', `Slack answers ${error}: ${CONFIG[error]}`);
  if (CHANNEL[error]) return failure('channel', `Slack answers ${error}: ${CHANNEL[error]}`);
  if (error.startsWith('restricted_action')) {
    return failure('channel', `Slack answers ${error}: let the app post in this channel or name another one`);
  }
  return failure('unavailable', `Slack answers ${error}`);
};

// Errors of Node's fetch that happen before a byte of the request leaves.
const BEFORE_WRITING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

// The error and its causes, outermost first; the SDK keeps the cause in `original`.
const chainOf = (error: unknown): Error[] => {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < 5;) {
    chain.push(at);
    at = at.cause ?? (at as { original?: unknown }).original;
  }
  return chain;
};

/** Nothing answered. `unknown` unless the error proves that the request never left. */
export const failureOfNetwork = (error: unknown, aborted: boolean): SlackFailure => {
  if (aborted) return { class: 'unknown', error: 'timeout', sentence: 'Slack did not answer in time', afterMs: null };
  const code = chainOf(error)
    .map((each) => (each as { code?: unknown }).code)
    .find((code) => typeof code === 'string' && BEFORE_WRITING.has(code));
  if (typeof code === 'string') {
    return { class: 'unavailable', error: code, sentence: `Slack cannot be reached (${code})`, afterMs: null };
  }
  if (chainOf(error).some((each) => each.message === 'unexpected redirect')) {
    const sentence = 'something before Slack redirects: check SLACK_API_URL and proxies';
    return { class: 'unavailable', error: 'redirect', sentence, afterMs: null };
  }
  return { class: 'unknown', error: 'network', sentence: 'the connection to Slack broke', afterMs: null };
};

/** Slack itself answers only 200 and 429: every other status comes from something in between, or from its edge. */
export const failureOfStatus = (status: number, afterMs: number | null): SlackFailure => {
  const error = `http_${status}`;
  if (status === 429) {
    return { class: 'limited', error, sentence: 'Slack limits the rate', afterMs: afterMs ?? DEFAULT_PAUSE_MS };
  }
  if (status >= 500 || status === 408) {
    return { class: 'unknown', error, sentence: `Slack answered with status ${status}`, afterMs };
  }
  return {
    class: 'unavailable',
    error,
    sentence: `something before Slack answered with status ${status}: check SLACK_API_URL and proxies`,
    afterMs,
  };
};
