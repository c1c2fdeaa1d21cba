import type { Clock } from '../../clock.ts';
import { messageOf } from '../../errors.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Log } from '../../log.ts';
import type { Channel, Delivery } from '../../notify/channel.ts';
import type { TraceContext } from '../../metrics/tracer.ts';
import type { OutboxRow, OutboxState, Store } from '../../store/store.ts';

/** A lease outlives the longest attempt, so that a living process never finds its own row uncertain. */
const LEASE = 30_000;
const ATTEMPT_DEADLINE = 10_000;
/** Room for one channel to hang in every lane without keeping another from being told. */
const AT_ONCE = 64;
/** While nobody can tell whether it arrived, ask again this often, and after a minute rather page twice than never. */
const LOOK_AGAIN = 5_000;
const GIVE_UP_LOOKING = 60_000;
const LONGEST_WAIT = 300_000;

export type Deliver = {
  /** Claims what is due and starts its attempts; does not wait for them. */
  run(now: number): Promise<void>;
  /** Settles when no attempt is in flight. */
  settled(): Promise<void>;
};

export type DeliverParts = {
  store: Store;
  clock: Clock;
  log: Log;
  owner: string;
  channel: (id: string) => Channel | undefined;
  incident: (id: string) => Promise<Incident | null>;
  onDelivery: (row: OutboxRow, outcome: Delivery['outcome'] | 'superseded' | 'duplicate') => void;
  span: <T>(
    name: string,
    attributes: Record<string, string>,
    work: () => Promise<T>,
    parent: TraceContext,
  ) => Promise<T>;
  /** The step that changed the incident last. */
  traceOf: (incident: string) => TraceContext;
};

type Settlement = {
  state: OutboxState;
  nextAt?: number;
  ref?: string | null;
  error?: string | null;
  possibleRepeat?: boolean;
};

/** 2 s, 4 s, 8 s … 5 min, or what the other side asked for. */
const retryAt = (now: number, attempts: number, afterMs: number | null): number =>
  now + (afterMs ?? Math.min(LONGEST_WAIT, 1_000 * 2 ** Math.min(attempts, 9)));

/** A page that nobody needs any more: its incident was acknowledged, snoozed or resolved before it could be sent. */
export const outdated = (row: OutboxRow, incident: Incident | null): boolean =>
  row.kind === 'page' &&
  incident !== null &&
  (incident.episode > row.episode || ['acknowledged', 'snoozed', 'resolved'].includes(incident.state));

export const createDeliver = (parts: DeliverParts): Deliver => {
  const inFlight = new Set<Promise<void>>();

  const settlementOf = (row: OutboxRow, delivery: Delivery, now: number): Settlement => {
    switch (delivery.outcome) {
      case 'sent':
        return { state: 'sent', ref: delivery.ref, error: null };
      case 'retry':
        return { state: 'queued', nextAt: retryAt(now, row.attempts, delivery.afterMs), error: delivery.reason };
      case 'rejected':
        return { state: 'failed', error: delivery.reason };
      case 'uncertain':
        return { state: 'uncertain', nextAt: now, error: delivery.reason };
    }
  };

  const send = async (
    row: OutboxRow,
    channel: Channel,
    root: string | null,
    possibleRepeat: boolean,
  ): Promise<Settlement> => {
    const signal = parts.clock.timeoutSignal(ATTEMPT_DEADLINE);
    const delivery = await channel.send(row, { root, possibleRepeat, signal });
    parts.onDelivery(row, delivery.outcome);
    if (possibleRepeat && delivery.outcome === 'sent') parts.onDelivery(row, 'duplicate');
    return { ...settlementOf(row, delivery, parts.clock.now()), possibleRepeat: row.possibleRepeat || possibleRepeat };
  };

  /** An earlier attempt may have arrived: look there before sending again. */
  const reconcile = async (row: OutboxRow, channel: Channel, root: string | null): Promise<Settlement> => {
    if (!channel.reconcile) return send(row, channel, root, false);
    const attemptedAt = row.attemptedAt ?? row.createdAt;
    const found = await channel.reconcile(row, {
      root,
      attemptedAt,
      signal: parts.clock.timeoutSignal(ATTEMPT_DEADLINE),
    });
    if (found.outcome === 'found') return { state: 'sent', ref: found.ref, error: null };
    if (found.outcome === 'absent') return send(row, channel, root, false);
    const now = parts.clock.now();
    if (now - attemptedAt < GIVE_UP_LOOKING)
      return { state: 'uncertain', nextAt: now + LOOK_AGAIN, error: found.reason };
    return send(row, channel, root, true);
  };

  const attempt = async (row: OutboxRow): Promise<void> => {
    const channel = parts.channel(row.channel);
    const settle = async (settlement: Settlement): Promise<void> =>
      parts.store.commit(parts.store.outbox.settling(row, settlement, parts.clock.now()));
    if (!channel) return settle({ state: 'failed', error: `The channel ${row.channel} is not configured.` });
    if (row.state !== 'uncertain' && outdated(row, await parts.incident(row.incident))) {
      parts.onDelivery(row, 'superseded');
      return settle({ state: 'superseded' });
    }
    const root = await parts.store.outbox.rootOf(row.incident, row.channel);
    const attributes = { 'nines.channel': row.channel, 'nines.kind': row.kind, 'nines.incident': row.incident };
    return settle(
      await parts.span(
        'delivery',
        attributes,
        () =>
          row.state === 'uncertain' ? reconcile(row, channel, root) : send(row, channel, root, row.possibleRepeat),
        parts.traceOf(row.incident),
      ),
    );
  };

  return {
    async run(now) {
      const room = AT_ONCE - inFlight.size;
      if (room <= 0) return;
      const rows = await parts.store.outbox.claim(parts.owner, now, now + LEASE, room);
      for (const row of rows) {
        const work: Promise<void> = attempt(row)
          .catch((error: unknown) => {
            // The lease runs out and the row comes back as uncertain: nothing is lost, and nothing is sent blindly.
            parts.log.error('A delivery attempt broke off; it is reconciled when its lease ends.', {
              code: 'internal',
              channel: row.channel,
              reason: messageOf(error),
            });
          })
          .finally(() => inFlight.delete(work));
        inFlight.add(work);
      }
    },
    async settled() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
};
