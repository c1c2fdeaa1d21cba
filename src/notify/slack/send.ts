import { createHash } from 'node:crypto';
import type { SlackAnswer, SlackClient, SlackFailure, SlackPost } from '../../client/slack.ts';
import type { Notification } from '../../incident/notification.ts';
import type { Delivery } from '../channel.ts';
import { noteLayout, pageLayout, rootLayout, type Layout } from './blocks.ts';

export type SlackTarget = { client: SlackClient; channel: string; mention: string | null };

type Context = { root: string | null; possibleRepeat: boolean; signal: AbortSignal };
type Place = { channel: string; ts: string };

/** `C123:1503435956.000247` ↔ its parts. The channel is kept: for a direct message it is not the one asked for. */
export const refOf = (place: Place): string => `${place.channel}:${place.ts}`;
export const placeOf = (ref: string): Place => {
  const at = ref.lastIndexOf(':');
  return { channel: ref.slice(0, at), ts: ref.slice(at + 1) };
};

/** RFC 9562 version 5 in a namespace of our own. Slack drops repeats of it, as far as is known, but promises nothing. */
export const messageIdOf = (key: string): string => {
  const bytes = createHash('sha1').update('https://nines.dev/delivery/').update(key).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** `repeatable`: sending twice changes nothing, so an unknown outcome is simply tried again. */
const deliveryOf = (failure: SlackFailure, repeatable: boolean): Delivery => {
  const { sentence, afterMs } = failure;
  switch (failure.class) {
    case 'limited':
    case 'unavailable':
      return { outcome: 'retry', reason: sentence, afterMs };
    case 'unknown':
      return repeatable ? { outcome: 'retry', reason: sentence, afterMs } : { outcome: 'uncertain', reason: sentence };
    case 'config':
    case 'channel':
    case 'request':
    case 'gone':
      return { outcome: 'rejected', reason: sentence };
  }
};

const settled = (answer: SlackAnswer<Place>, repeatable: boolean): Delivery =>
  answer.ok ? { outcome: 'sent', ref: refOf(answer.value) } : deliveryOf(answer.failure, repeatable);

type Sending = (layout: Pick<SlackPost, 'text'> & Partial<Layout>) => Promise<SlackAnswer<Place>>;

// A layout that Slack refuses must not cost the page: the words alone, once. Slack took nothing of the first.
const orInWords = async (layout: Layout, sending: Sending): Promise<SlackAnswer<Place>> => {
  const answer = await sending(layout);
  if (answer.ok || answer.failure.class !== 'request') return answer;
  return sending({ text: layout.text });
};

type Posted = { target: SlackTarget; notification: Notification; layout: Layout; signal: AbortSignal };

const post = ({ target, notification, layout, signal }: Posted, root: Place | null): Promise<SlackAnswer<Place>> =>
  orInWords(layout, (shown) =>
    target.client.postMessage(
      {
        channel: root?.channel ?? target.channel,
        ...shown,
        client_msg_id: messageIdOf(notification.key),
        ...(root ? { thread_ts: root.ts } : {}),
        ...(root && notification.kind === 'page' ? { reply_broadcast: true } : {}),
      },
      signal,
    ),
  );

// A thread that somebody deleted must not cost the page: it then stands on its own.
const reply = async (posted: Posted, root: string | null): Promise<Delivery> => {
  const answer = await post(posted, root === null ? null : placeOf(root));
  if (answer.ok || answer.failure.class !== 'gone' || root === null) return settled(answer, false);
  return settled(await post(posted, null), false);
};

const update = async (target: SlackTarget, notification: Notification, context: Context): Promise<Delivery> => {
  const layout = rootLayout(notification, false);
  if (context.root !== null) {
    const place = placeOf(context.root);
    const answer = await orInWords(layout, (shown) =>
      target.client.updateMessage({ ...place, ...shown }, context.signal),
    );
    if (answer.ok || answer.failure.class !== 'gone') return settled(answer, true);
  }
  // Somebody deleted the root, or it never arrived: this becomes the root, and its ref says so.
  return root(target, notification, context);
};

const root = async (target: SlackTarget, notification: Notification, context: Context): Promise<Delivery> => {
  const layout = rootLayout(notification, context.possibleRepeat);
  return settled(await post({ target, notification, layout, signal: context.signal }, null), false);
};

/**
 * One notification, one request; a second one only after Slack refused the layout (words alone), or the message to
 * change or to reply to is gone (posted anew; the `ref` of an update is then the new root). Without a root, pages and
 * notes stand on their own.
 */
export const sendToSlack = (target: SlackTarget, notification: Notification, context: Context): Promise<Delivery> => {
  const { signal, possibleRepeat } = context;
  switch (notification.kind) {
    case 'root':
      return root(target, notification, context);
    case 'page': {
      const layout = pageLayout(notification, target.mention, possibleRepeat);
      return reply({ target, notification, layout, signal }, context.root);
    }
    case 'note':
      return reply({ target, notification, layout: noteLayout(notification), signal }, context.root);
    // The root shows the state, so mirroring a state is an update of it.
    case 'update':
    case 'acknowledge':
    case 'resolve':
      return update(target, notification, context);
  }
};
