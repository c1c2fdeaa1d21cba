import type { Clock } from '../../clock.ts';
import type { PagerDutyEvent } from './event.ts';

export type LogEntry = {
  at: number;
  kind: 'triggered' | 'triggered-again' | 'acknowledged' | 'resolved';
  text: string;
};

/** An incident as its list shows it: one per alert (routing key and dedup_key) from trigger to resolve. Times are epoch ms. */
export type PagerDutyIncident = {
  number: number;
  id: string;
  routingKey: string;
  dedupKey: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  urgency: 'high' | 'low';
  severity: string;
  title: string;
  source: string;
  details: unknown;
  links: readonly { href: string; text: string }[];
  clientUrl: string | null;
  createdAt: number;
  log: LogEntry[];
};

export type Account = {
  incidents: readonly PagerDutyIncident[];
  /** Acknowledges and resolves that met no open alert: answered with 202 and dropped, as PagerDuty does. */
  dropped(): number;
  /** Takes a checked event; returns its dedup_key, a new one when the trigger named none. */
  take(event: PagerDutyEvent): string;
  reset(): void;
};

const idOf = (number: number): string => `PLAB${String(number).padStart(4, '0')}`;

const opened = (event: PagerDutyEvent, dedupKey: string, number: number, at: number): PagerDutyIncident => {
  const payload = event.payload!;
  return {
    number,
    id: idOf(number),
    routingKey: event.routingKey,
    dedupKey,
    status: 'triggered',
    urgency: payload.severity === 'critical' || payload.severity === 'error' ? 'high' : 'low',
    severity: payload.severity,
    title: payload.summary,
    source: payload.source,
    details: payload.details,
    links: event.links,
    clientUrl: event.clientUrl,
    createdAt: at,
    log: [{ at, kind: 'triggered', text: `by ${event.client ?? 'the API'}` }],
  };
};

/**
 * Identity (https://developer.pagerduty.com/docs/alert-deduplication): while an alert is open, the same routing key
 * and dedup_key are that alert; after its resolve a trigger opens a new incident; other routing keys never match.
 */
export const createAccount = (clock: Clock): Account => {
  const incidents: PagerDutyIncident[] = [];
  let dropped = 0;

  const openOne = (routingKey: string, dedupKey: string): PagerDutyIncident | undefined =>
    incidents.find(
      (incident) =>
        incident.routingKey === routingKey && incident.dedupKey === dedupKey && incident.status !== 'resolved',
    );

  const trigger = (event: PagerDutyEvent): string => {
    const dedupKey = event.dedupKey ?? `lab${String(incidents.length + 1).padStart(29, '0')}`;
    const open = openOne(event.routingKey, dedupKey);
    const at = clock.now();
    if (open) open.log.push({ at, kind: 'triggered-again', text: event.payload!.summary });
    else incidents.push(opened(event, dedupKey, incidents.length + 1, at));
    return dedupKey;
  };

  const settle = (event: PagerDutyEvent, status: 'acknowledged' | 'resolved'): string => {
    const dedupKey = event.dedupKey!;
    const open = openOne(event.routingKey, dedupKey);
    if (!open) dropped += 1;
    else if (open.status !== status) {
      open.status = status;
      open.log.push({ at: clock.now(), kind: status, text: 'through the API' });
    }
    return dedupKey;
  };

  return {
    incidents,
    dropped: () => dropped,
    take: (event) => {
      if (event.action === 'trigger') return trigger(event);
      return settle(event, event.action === 'resolve' ? 'resolved' : 'acknowledged');
    },
    reset: () => {
      incidents.length = 0;
      dropped = 0;
    },
  };
};
