import { MINUTE, SECOND } from '../../duration.ts';
import type { Incident } from '../../incident/incident.ts';
import type { ChannelTraits } from '../../incident/notification.ts';
import type { Log } from '../../log.ts';
import type { OutboxRow, Store } from '../../store/store.ts';
import { forEach } from '../each.ts';
import type { Incidents } from '../incidents.ts';
import { outdated } from './deliver.ts';

/** How long the fallback page may take before the level counts as unreached. */
const FALLBACK_TIME = 30 * SECOND;

export type Undelivered = {
  /** Tells the fallback channel of pages that did not arrive within a minute, or never will. */
  run(now: number): Promise<void>;
};

export type UndeliveredParts = {
  store: Store;
  incidents: Incidents;
  traits: (channel: string) => ChannelTraits | undefined;
  log: Log;
};

/** A level of an incident that may have reached nobody; judged at `at`. */
type Doubt = { episode: number; level: number; row: OutboxRow; at: number };

export const createUndelivered = ({ store, incidents, traits, log }: UndeliveredParts): Undelivered => {
  const doubts = new Map<string, Doubt>();

  const tell = async (row: OutboxRow, now: number): Promise<void> => {
    const mark = store.outbox.tellingFallback([row.id]);
    const incident = (await incidents.find(row.incident))?.incident ?? null;
    // Somebody has taken it, or it is over: the page is not needed any more, and its lateness is no news.
    if (incident === null || outdated(row, incident)) return store.commit(mark);
    const { channel } = row;
    const reason = row.error ?? 'no answer yet';
    log.error('A page is undelivered; the fallback channel is told.', { channel, incident: row.incident, reason });
    const event = { id: `undelivered:${row.id}`, at: now, type: 'undelivered', channel, reason, climb: false } as const;
    await incidents.hear({ incident: row.incident }, event, mark);
    const at = Math.max(now, row.dueAt + MINUTE) + FALLBACK_TIME;
    doubts.set(incident.id, { episode: incident.episode, level: incident.level ?? 0, row, at });
  };

  /** A terminal reaches nobody at three in the morning; everything else that was sent reaches somebody. */
  const reached = (incident: Incident, rows: readonly OutboxRow[]): boolean =>
    rows.some(
      ({ kind, state, episode, channel, message }) =>
        kind === 'page' &&
        state === 'sent' &&
        episode === incident.episode &&
        message.level === incident.level &&
        traits(channel)?.shape !== 'lines',
    );

  const settle = async (id: string, { episode, level, row, at }: Doubt, now: number): Promise<void> => {
    const incident = (await incidents.find(id))?.incident;
    const same = incident?.state === 'triggered' && incident.episode === episode && incident.level === level;
    if (same && now < at) return;
    doubts.delete(id);
    if (!same || reached(incident, await store.outbox.ofIncident(id))) return;
    const { channel, id: number } = row;
    const event = {
      id: `unreached:${number}`,
      at: now,
      type: 'undelivered',
      channel,
      reason: '',
      climb: true,
    } as const;
    await incidents.hear({ incident: id }, event);
  };

  return {
    async run(now) {
      await forEach(await store.outbox.undelivered(now, MINUTE), (row) => tell(row, now));
      await forEach([...doubts], ([id, doubt]) => settle(id, doubt, now));
    },
  };
};
