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

/** Pages the fallback channels once, from memory, when the store has been unwritable for 30 s. */
export const createStoreWatch = (parts: {
  fallbacks: () => readonly Channel[];
  open: () => readonly Incident[];
  deadline: (ms: number) => AbortSignal;
  log: Log;
}): StoreWatch => {
  let since: number | null = null;
  let told = false;
  return {
    async failed(now, reason) {
      since ??= now;
      if (told || now - since < PATIENCE) return;
      told = true;
      parts.log.error('The store cannot be written for 30 s: the fallback channels are paged from memory.', {
        code: 'store_unavailable',
        reason,
      });
      const began = since;
      await Promise.all(
        parts.fallbacks().map((channel) =>
          channel.send(notice(channel.id, now, began, reason, parts.open()), {
            root: null,
            possibleRepeat: false,
            signal: parts.deadline(10 * SECOND),
          }),
        ),
      );
    },
    succeeded() {
      since = null;
      told = false;
    },
  };
};
