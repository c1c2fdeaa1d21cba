import type { Message } from './message.ts';

/** How a channel kind shows an incident: as a thread under one root message, as an alert with a state, or as lines. */
export type ChannelTraits = { shape: 'thread' | 'alert' | 'lines' };

/**
 * - `root`: the one message of an incident that later updates change (thread shapes)
 * - `page`: must buzz · `update`: change what is shown (idempotent; the newest revision wins) · `note`: silent line
 * - `acknowledge`, `resolve`: mirror the state (alert shapes)
 */
export type NotificationKind = 'root' | 'page' | 'update' | 'note' | 'acknowledge' | 'resolve';

/** One message due to one channel; a row of the outbox. */
export type Notification = {
  /** Unique for ever; a second insert with the same key is dropped: `01J…/1/L2/1/slack-oncall/page`. */
  key: string;
  incident: string;
  episode: number;
  channel: string;
  kind: NotificationKind;
  /** One in flight per lane, in order: `slack-oncall:01J…`. */
  lane: string;
  /** Pages go first (4 … 1), then the rest (0). */
  priority: number;
  /** PagerDuty's dedup_key where the shape is `alert`: `nines/<incident>/<episode>/<channel>/<cycle>`. */
  dedupKey: string | null;
  message: Message;
  dueAt: number;
};
