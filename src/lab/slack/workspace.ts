import type { Clock } from '../../clock.ts';
import type { Block } from './blocks.ts';

/** https://docs.slack.dev/messaging/message-metadata */
export type Metadata = { event_type: string; event_payload: Readonly<Record<string, unknown>> };

export type Content = { text: string; blocks: readonly Block[]; metadata: Metadata | null };

/** `threadTs` is the root's ts for a reply, null for a root. `at` and `editedAt` are epoch ms. */
export type SlackMessage = Content & {
  ts: string;
  user: string;
  threadTs: string | null;
  broadcast: boolean;
  at: number;
  edits: number;
  editedAt: number | null;
};

export type SlackChannel = { id: string; name: string; archived: boolean; messages: SlackMessage[] };
export type SlackUser = { id: string; name: string; realName: string };

export type Workspace = {
  channels: readonly SlackChannel[];
  users: readonly SlackUser[];
  channel(id: string): SlackChannel | undefined;
  post(channel: SlackChannel, content: Content, reply: { threadTs: string | null; broadcast: boolean }): SlackMessage;
  /** Replaces text and blocks whole; metadata stays unless new one is given. */
  update(message: SlackMessage, content: Content): void;
  reset(): void;
};

export const TEAM = { id: 'T0LABTEAM1', name: 'Duru Notes (lab)', domain: 'duru-lab' };
export const BOT = { userId: 'U0NINESBOT', botId: 'B0NINESBOT', appId: 'A0NINESAPP', name: 'nines' };

const USERS: readonly SlackUser[] = [
  { id: BOT.userId, name: 'nines', realName: 'Nines' },
  { id: 'U0LABELIF1', name: 'elif', realName: 'Elif (on call)' },
  { id: 'U0LABMERT1', name: 'mert', realName: 'Mert (engineering manager)' },
];

/** Only the channels that are named exist; `archived` ones refuse messages. */
export const createWorkspace = (
  clock: Clock,
  channels: readonly { id: string; name: string; archived?: boolean }[],
): Workspace => {
  const kept: SlackChannel[] = channels.map(({ id, name, archived }) => ({
    id,
    name,
    archived: archived ?? false,
    messages: [],
  }));
  let lastMicros = 0;
  // Microseconds that only grow: two messages of one millisecond still get two identities.
  const nextTs = (): string => {
    lastMicros = Math.max(lastMicros + 1, clock.now() * 1_000);
    return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`;
  };
  return {
    channels: kept,
    users: USERS,
    channel: (id) => kept.find((channel) => channel.id === id),
    post: (channel, content, reply) => {
      const message = {
        ...content,
        ...reply,
        ts: nextTs(),
        user: BOT.userId,
        at: clock.now(),
        edits: 0,
        editedAt: null,
      };
      channel.messages.push(message);
      return message;
    },
    update: (message, content) => {
      message.text = content.text;
      message.blocks = content.blocks;
      message.metadata = content.metadata ?? message.metadata;
      message.edits += 1;
      message.editedAt = clock.now();
    },
    reset: () => {
      for (const channel of kept) channel.messages.length = 0;
    },
  };
};
