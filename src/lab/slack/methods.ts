import { isRefusal, refuse } from './answer.ts';
import type { Answer, Refusal } from './answer.ts';
import { readArgs } from './args.ts';
import { readContent } from './content.ts';
import { BOT, TEAM } from './workspace.ts';
import type { SlackChannel, SlackMessage, Workspace } from './workspace.ts';

type Args = Readonly<Record<string, unknown>>;
export type Method = (workspace: Workspace, args: Args) => Answer;

const CONTENT = { text: 'text', blocks: 'json', metadata: 'json', markdown_text: 'text', attachments: 'json' } as const;
const TS = /^\d{10,}\.\d{6}$/;

/** The channel to write to, or the refusal a bot meets there. */
const writable = (workspace: Workspace, id: string): SlackChannel | Refusal => {
  const channel = workspace.channel(id);
  if (!channel) return refuse('channel_not_found');
  return channel.archived ? refuse('is_archived') : channel;
};

const threadRefusal = (channel: SlackChannel, ts: string): Refusal | null => {
  const root = channel.messages.find((message) => message.ts === ts);
  if (!TS.test(ts) || !root) return refuse('thread_not_found');
  return root.threadTs === null ? null : refuse('cannot_reply_to_message');
};

/** A message as the API shows it (https://docs.slack.dev/reference/events/message). */
export const wireMessage = (
  channel: SlackChannel,
  message: SlackMessage,
  withMetadata: boolean,
): Record<string, unknown> => {
  const replies = channel.messages.filter((other) => other.threadTs === message.ts);
  return {
    type: 'message',
    ...(message.broadcast ? { subtype: 'thread_broadcast' } : {}),
    user: message.user,
    bot_id: BOT.botId,
    app_id: BOT.appId,
    team: TEAM.id,
    text: message.text,
    ts: message.ts,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(replies.length > 0
      ? { thread_ts: message.ts, reply_count: replies.length, latest_reply: replies.at(-1)!.ts }
      : {}),
    // Slack marks an edit only where the update had no blocks.
    ...(message.edits > 0 && message.blocks.length === 0 ? { edited: { user: message.user, ts: message.ts } } : {}),
    ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
  };
};

/** https://docs.slack.dev/reference/methods/chat.postMessage */
const postMessage: Method = (workspace, args) => {
  const shapes = { ...CONTENT, channel: 'text', thread_ts: 'text', reply_broadcast: 'flag' } as const;
  const values = readArgs(shapes, ['channel'], args);
  if (isRefusal(values)) return values;
  const channel = writable(workspace, values.channel!);
  if (isRefusal(channel)) return channel;
  const content = readContent(values);
  if (isRefusal(content)) return content;
  const threadTs = values.thread_ts ?? null;
  const refusal = threadTs === null ? null : threadRefusal(channel, threadTs);
  if (refusal) return refusal;
  const broadcast = threadTs !== null && values.reply_broadcast === true;
  const message = workspace.post(channel, { ...content, text: content.text.slice(0, 40_000) }, { threadTs, broadcast });
  return { ok: true, channel: channel.id, ts: message.ts, message: wireMessage(channel, message, true) };
};

/** https://docs.slack.dev/reference/methods/chat.update */
const update: Method = (workspace, args) => {
  const values = readArgs({ ...CONTENT, channel: 'text', ts: 'text' } as const, ['channel', 'ts'], args);
  if (isRefusal(values)) return values;
  const channel = workspace.channel(values.channel!);
  if (!channel) return refuse('channel_not_found');
  if (channel.archived) return refuse('is_inactive');
  const message = channel.messages.find((candidate) => candidate.ts === values.ts);
  if (!message) return refuse('message_not_found');
  if ((values.text ?? '').length > 4_000) return refuse('msg_too_long');
  const content = readContent(values);
  if (isRefusal(content)) return content;
  workspace.update(message, content);
  const { ts, text } = message;
  return { ok: true, channel: channel.id, ts, text, message: wireMessage(channel, message, true) };
};

const RANGE = {
  channel: 'text',
  ts: 'text',
  oldest: 'text',
  latest: 'text',
  inclusive: 'flag',
  limit: 'count',
  cursor: 'text',
  include_all_metadata: 'flag',
} as const;
type Range = { oldest?: string; latest?: string; inclusive?: boolean; limit?: number; cursor?: string };

const inRange = (ts: string, { oldest, latest, inclusive }: Range): boolean => {
  const at = Number(ts);
  if (oldest !== undefined && !(inclusive ? at >= Number(oldest) : at > Number(oldest))) return false;
  return latest === undefined || (inclusive ? at <= Number(latest) : at < Number(latest));
};

const page = (channel: SlackChannel, messages: readonly SlackMessage[], range: Range, metadata: boolean): Answer => {
  if (Number.isNaN(Number(range.oldest ?? 0))) return refuse('invalid_ts_oldest');
  if (Number.isNaN(Number(range.latest ?? 0))) return refuse('invalid_ts_latest');
  const limit = range.limit ?? 100;
  if (limit < 1 || limit > 999) return refuse('invalid_limit');
  const from =
    range.cursor === undefined ? 0 : Number(Buffer.from(range.cursor, 'base64').toString().replace('offset:', ''));
  if (!Number.isInteger(from)) return refuse('invalid_cursor');
  const all = messages.filter((message) => inRange(message.ts, range));
  const more = all.length > from + limit;
  return {
    ok: true,
    messages: all.slice(from, from + limit).map((message) => wireMessage(channel, message, metadata)),
    has_more: more,
    ...(more ? { response_metadata: { next_cursor: Buffer.from(`offset:${from + limit}`).toString('base64') } } : {}),
  };
};

/** Newest first; of the replies only those that were broadcast (https://docs.slack.dev/reference/methods/conversations.history). */
const history: Method = (workspace, args) => {
  const values = readArgs(RANGE, ['channel'], args);
  if (isRefusal(values)) return values;
  const channel = workspace.channel(values.channel!);
  if (!channel) return refuse('channel_not_found');
  const shown = channel.messages.filter((message) => message.threadTs === null || message.broadcast).reverse();
  return page(channel, shown, values, values.include_all_metadata ?? false);
};

/** The root, then its replies, oldest first (https://docs.slack.dev/reference/methods/conversations.replies). */
const replies: Method = (workspace, args) => {
  const values = readArgs(RANGE, ['channel', 'ts'], args);
  if (isRefusal(values)) return values;
  const channel = workspace.channel(values.channel!);
  if (!channel) return refuse('channel_not_found');
  const root = channel.messages.find((message) => message.ts === values.ts && message.threadTs === null);
  if (!root) return refuse('thread_not_found');
  const thread = channel.messages.filter((message) => message.threadTs === root.ts);
  return page(channel, [root, ...thread], values, values.include_all_metadata ?? false);
};

const usersInfo: Method = (workspace, args) => {
  const values = readArgs({ user: 'text' } as const, ['user'], args);
  if (isRefusal(values)) return values;
  const user = workspace.users.find((candidate) => candidate.id === values.user);
  if (!user) return refuse('user_not_found');
  const { id, name, realName } = user;
  return {
    ok: true,
    user: { id, team_id: TEAM.id, name, real_name: realName, deleted: false, is_bot: id === BOT.userId },
  };
};

const conversationsInfo: Method = (workspace, args) => {
  const values = readArgs({ channel: 'text' } as const, ['channel'], args);
  if (isRefusal(values)) return values;
  const channel = workspace.channel(values.channel!);
  if (!channel) return refuse('channel_not_found');
  const { id, name, archived } = channel;
  return {
    ok: true,
    channel: { id, name, is_channel: true, is_archived: archived, is_member: true, is_private: false },
  };
};

const authTest: Method = () => ({
  ok: true,
  url: `https://${TEAM.domain}.slack.com/`,
  team: TEAM.name,
  user: BOT.name,
  team_id: TEAM.id,
  user_id: BOT.userId,
  bot_id: BOT.botId,
  is_enterprise_install: false,
});

/** `writes` = a message may have been stored when no good answer came back. */
export const METHODS: Readonly<Record<string, { run: Method; writes: boolean }>> = {
  'auth.test': { run: authTest, writes: false },
  'api.test': { run: (_, args) => ({ ok: true, args }), writes: false },
  'chat.postMessage': { run: postMessage, writes: true },
  'chat.update': { run: update, writes: true },
  'conversations.history': { run: history, writes: false },
  'conversations.replies': { run: replies, writes: false },
  'conversations.info': { run: conversationsInfo, writes: false },
  'users.info': { run: usersInfo, writes: false },
};
