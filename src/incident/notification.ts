import type { Change, Notice, Reached } from './incident.ts';
import { messageOf, type Message } from './message.ts';
import type { Policy } from './policy.ts';
import { dedupKeyOf } from './draft.ts';

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

export type NotificationContext = {
  /** undefined for a channel that no longer exists: it is left out. */
  traits: (channel: string) => ChannelTraits | undefined;
  /** `reached` of the incident BEFORE the change; `{}` when the change opened it. */
  reached: Readonly<Record<string, Reached>>;
  policy: Policy;
  /** The incident's revision after the change. */
  revision: number;
  publicUrl: string | null;
  budgetRemaining: number | null;
  now: number;
};

type Page = Extract<Notice, { kind: 'page' }>;

/** One channel and what is known of it while the notices of a change are turned into its notifications. */
type Seat = { channel: string; shape: ChannelTraits['shape']; known: boolean; openKey: string | null };

type Builder = { change: Change; context: NotificationContext; out: Notification[] };

type Words = { text: string; page?: Page | undefined };

const add = (
  { change, context, out }: Builder,
  seat: Seat,
  kind: NotificationKind,
  key: string,
  { text, page }: Words,
  dedupKey: string | null = null,
): void => {
  const { incident } = change;
  const message = messageOf(incident, {
    ...context,
    text,
    reason: page?.reason ?? null,
    ...(page ? { level: page.level, cycle: page.cycle } : {}),
  });
  out.push({
    key,
    incident: incident.id,
    episode: incident.episode,
    channel: seat.channel,
    kind,
    lane: `${seat.channel}:${incident.id}`,
    priority: page?.level ?? 0,
    dedupKey,
    message,
    dueAt: context.now,
  });
};

const endKey = (builder: Builder, seat: Seat, words: Words): void => {
  if (seat.openKey === null) return;
  add(builder, seat, 'resolve', `${seat.openKey}/resolve`, words, seat.openKey);
  seat.openKey = null;
};

const buzz = (builder: Builder, seat: Seat, page: Page): void => {
  const { incident } = builder.change;
  const words = { text: page.text, page };
  const base = `${incident.id}/${incident.episode}/L${page.level}/${page.cycle}/${seat.channel}`;
  if (seat.shape === 'alert') {
    const { episode, cycle } = incident.reached[seat.channel] ?? { episode: incident.episode, cycle: page.cycle };
    endKey(builder, seat, words);
    seat.openKey = dedupKeyOf(incident.id, seat.channel, episode, cycle);
  }
  if (seat.shape === 'thread' && !seat.known) add(builder, seat, 'root', `${incident.id}/${seat.channel}/root`, words);
  add(builder, seat, 'page', `${base}/page`, words, seat.shape === 'alert' ? seat.openKey : null);
  seat.known = true;
};

const mirror = (builder: Builder, seat: Seat, notice: Notice): void => {
  if (notice.kind === 'resolved') endKey(builder, seat, notice);
  if (notice.kind !== 'acknowledged' || seat.openKey === null) return;
  add(builder, seat, 'acknowledge', `${seat.openKey}/acknowledge/r${builder.context.revision}`, notice, seat.openKey);
};

/** All that one channel gets from a change, in the order in which it is to arrive. */
const tellChannel = (builder: Builder, seat: Seat): void => {
  const { change, context } = builder;
  const { notices, incident } = change;
  const pages = notices.filter((notice) => notice.kind === 'page');
  const own = pages.filter(({ channels }) => channels.includes(seat.channel));
  // After a pause of the process several pages come due at once: one buzz tells as much.
  const only = own.at(-1) ?? pages.at(-1);
  const wasKnown = seat.known;
  notices.forEach((notice, index) => {
    if (notice.kind === 'page' && notice !== only) return;
    if (notice.kind === 'page' && notice === own.at(-1)) return buzz(builder, seat, notice);
    if (!seat.known) return;
    if (seat.shape === 'alert') return mirror(builder, seat, notice);
    if (notice.kind === 'changed' && notice.quiet) return;
    // The page that follows says the same.
    if (notice.kind === 'unacknowledged' && pages.length > 0) return;
    add(
      builder,
      seat,
      'note',
      `${incident.id}/${incident.episode}/${seat.channel}/r${context.revision}/${index}/note`,
      notice,
    );
  });
  if (seat.shape === 'thread' && wasKnown && notices.length > 0)
    add(builder, seat, 'update', `${incident.id}/${incident.episode}/${seat.channel}/r${context.revision}/update`, {
      text: notices.at(-1)?.text ?? '',
    });
};

/**
 * What a change sends, per channel in lane order. Deterministic: the same change at the same revision gives the same
 * keys. Thread: `root` before the first page, then `page`, `note`, and one `update` of the root per change. Alert:
 * every page has its own key, the key before it is resolved first; acknowledge and resolve are mirrored. Lines: pages
 * and notes. Channels that were never paged hear nothing.
 */
export const notificationsFor = (change: Change, context: NotificationContext): Notification[] => {
  const builder: Builder = { change, context, out: [] };
  const { notices } = change;
  const paged = notices.flatMap((notice) => (notice.kind === 'page' ? notice.channels : []));
  const channels = new Set([...paged, ...Object.keys(context.reached)]);
  for (const channel of channels) {
    const traits = context.traits(channel);
    const earlier = context.reached[channel];
    if (traits)
      tellChannel(builder, {
        channel,
        shape: traits.shape,
        known: earlier !== undefined,
        openKey: earlier?.dedupKey ?? null,
      });
  }
  return builder.out;
};
