import { formatDuration, SECOND } from '../../duration.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Notification } from '../../incident/notification.ts';
import type { Log } from '../../log.ts';
import type { Channel } from '../../notify/channel.ts';

/** Unwritable for this long, the store can keep no page any more: people are told from memory. */
const PATIENCE = 30 * SECOND;

export type StoreWatch = { failed(now: number, reason: string): Promise<void>; succeeded(): void };

const notice = (
  channel: string,
  now: number,
  since: number,
  reason: string,
  open: readonly Incident[],
): Notification => ({
  key: `nines/store/${since}/${channel}`,
  incident: 'nines-store',
  episode: 1,
  channel,
  kind: 'page',
  lane: `${channel}:nines-store`,
  priority: 4,
  dedupKey: `nines/store/${since}`,
  dueAt: now,
  message: {
    incident: 'nines-store',
    episode: 1,
    revision: 1,
    state: 'triggered',
    severity: 'critical',
    level: null,
    cycle: 1,
    title: 'Nines cannot write its store',
    text: `Nines cannot write its store for ${formatDuration(now - since)}: new incidents are not paged. ${reason}`,
    reason: 'first',
    system: 'nines',
    environment: '',
    service: 'store',
    openedAt: since,
    alerts: [],
    moreAlerts: 0,
    budgetRemaining: null,
    acknowledgedBy: null,
    next: open.length > 0 ? `${open.length} incidents are open and do not climb` : null,
    runbook: null,
    url: null,
  },
});

/** Pages each fallback channel once, from memory, when the store has been unwritable for 30 s. Never rejects. */
export const createStoreWatch = (parts: {
  fallbacks: () => readonly Channel[];
  open: () => readonly Incident[];
  deadline: (ms: number) => AbortSignal;
  log: Log;
}): StoreWatch => {
  let since: number | null = null;
  let again = 0;
  const told = new Set<string>();

  /** What is refused or unclear is not sent again; a channel that is out of reach is tried again. */
  const tell = async (channel: Channel, notification: Notification): Promise<void> => {
    const signal = parts.deadline(10 * SECOND);
    try {
      const delivery = await channel.send(notification, { root: null, possibleRepeat: false, signal });
      if (delivery.outcome !== 'retry') told.add(channel.id);
      if (delivery.outcome !== 'sent')
        parts.log.error('A fallback channel could not be told of the store.', { channel: channel.id, ...delivery });
    } catch (error) {
      parts.log.error('A fallback channel could not be told of the store.', { channel: channel.id, reason: error });
    }
  };

  return {
    async failed(now, reason) {
      since = Math.min(since ?? now, now);
      if (now - since < PATIENCE || now < again) return;
      const waiting = parts.fallbacks().filter(({ id }) => !told.has(id));
      if (waiting.length === 0) return;
      again = now + PATIENCE;
      parts.log.error('The store cannot be written for 30 s: the fallback channels are paged from memory.', {
        code: 'store_unavailable',
        reason,
      });
      const began = since;
      await Promise.all(waiting.map((channel) => tell(channel, notice(channel.id, now, began, reason, parts.open()))));
    },
    succeeded() {
      since = null;
      again = 0;
      told.clear();
    },
  };
};
