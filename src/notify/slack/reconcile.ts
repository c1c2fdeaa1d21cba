import type { SlackAnswer, SlackClient, SlackLook, SlackPage } from '../../client/slack.ts';
import type { Notification } from '../../incident/notification.ts';
import type { Reconciled } from '../channel.ts';
import { placeOf, refOf, type SlackTarget } from './send.ts';

type Context = { root: string | null; attemptedAt: number; signal: AbortSignal };
/** Waits real milliseconds, or until the signal. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

// Slack's clock and ours may differ; five seconds are looked at before the attempt.
const EARLIER_MS = 5_000;
const PAGES = 5;
/** A message can be taken and not yet be listed: "not there" is believed the second time. */
const SECOND_LOOK_MS = 3_000;

type Search = { key: string; channel: string; oldest: string; thread: string | null; signal: AbortSignal };
type Answered = Reconciled | { outcome: 'no-thread' };

const search = async (client: SlackClient, { key, channel, oldest, thread, signal }: Search): Promise<Answered> => {
  let cursor: string | null = null;
  for (let page = 0; page < PAGES; page++) {
    const at: SlackLook = { channel, oldest, ...(cursor ? { cursor } : {}) };
    const answer: SlackAnswer<SlackPage> =
      thread === null ? await client.history(at, signal) : await client.replies({ ...at, ts: thread }, signal);
    if (!answer.ok) {
      const { class: kind, sentence } = answer.failure;
      return kind === 'gone' ? { outcome: 'no-thread' } : { outcome: 'unknown', reason: sentence };
    }
    const found = answer.value.messages.find(({ metadata }) => metadata?.event_payload?.['delivery'] === key);
    if (found) return { outcome: 'found', ref: refOf({ channel, ts: found.ts }) };
    cursor = answer.value.nextCursor;
    if (!cursor) return { outcome: 'absent' };
  }
  return { outcome: 'unknown', reason: 'there are too many messages since the attempt to look through' };
};

const look = async (target: SlackTarget, { key, kind }: Notification, context: Context): Promise<Reconciled> => {
  const oldest = String(Math.max(0, context.attemptedAt - EARLIER_MS) / 1_000);
  const base = { key, oldest, signal: context.signal };
  const replies = (kind === 'page' || kind === 'note') && context.root !== null ? placeOf(context.root) : null;
  if (replies) {
    const inThread = await search(target.client, { ...base, channel: replies.channel, thread: replies.ts });
    if (inThread.outcome !== 'no-thread') return inThread;
  }
  // What has no thread, or lost it, stands in the channel.
  const inChannel = await search(target.client, { ...base, channel: target.channel, thread: null });
  return inChannel.outcome === 'no-thread' ? { outcome: 'unknown', reason: 'the channel cannot be read' } : inChannel;
};

/** Looks for the delivery's key in the metadata of what was posted since; twice, three seconds apart, before "absent". */
export const reconcileSlack = async (
  target: SlackTarget,
  notification: Notification,
  context: Context,
  wait: Wait,
): Promise<Reconciled> => {
  const first = await look(target, notification, context);
  if (first.outcome !== 'absent') return first;
  await wait(SECOND_LOOK_MS, context.signal);
  if (context.signal.aborted) return { outcome: 'unknown', reason: 'the second look was cut short' };
  return look(target, notification, context);
};
