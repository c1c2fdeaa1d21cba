import { z } from 'zod';
import type { Received } from '../../engine/received.ts';
import { itemsOf } from '../json-items.ts';

const labels = z.record(z.string(), z.string());

const one = z.object({
  status: z.enum(['firing', 'resolved']),
  labels,
  annotations: labels.nullish(),
  startsAt: z.string().nullish(),
  endsAt: z.string().nullish().meta({ description: 'year 1 while it fires' }),
});

const envelope = z.object({
  version: z.literal('4'),
  alerts: z.array(z.unknown()),
  externalURL: z.string().nullish().meta({ description: 'names the judge: give all peers of a cluster the same' }),
  truncatedAlerts: z.number().nullish().meta({ description: 'left out by max_alerts; nothing is concluded from that' }),
});

/** What the document shows; what comes is read piece by piece. */
export const webhook = envelope.extend({ alerts: z.array(one) });

/** Alertmanager's webhook, version 4. Fields that came later, or nobody needs, are not asked for. */
export type Webhook = {
  externalUrl: string;
  truncated: number;
  /** null for one that is none: without labels, or far too large. */
  alerts: readonly (Received | null)[];
};

/** One alert is a kilobyte; what is so much larger is none. */
const LARGEST = 256 * 1024;

/** Epoch ms; null for what is no time, and for the year 1 with which Go says "never". */
const instantOf = (text: string | null | undefined): number | null => {
  const at = Date.parse(text ?? '');
  return at > 0 ? at : null;
};

const alertOf = (item: Buffer): Received | null => {
  if (item.length > LARGEST) return null;
  const { success, data } = one.safeParse(JSON.parse(item.toString()));
  if (!success) return null;
  return {
    status: data.status === 'firing' ? 'firing' : 'clear',
    labels: data.labels,
    annotations: data.annotations ?? {},
    startsAt: instantOf(data.startsAt),
    endsAt: instantOf(data.endsAt),
  };
};

/** Scheme, host and path; a user and a password are nobody's name. */
const plainUrl = (text: string): string => {
  const url = URL.parse(text);
  return url ? `${url.origin === 'null' ? '' : url.origin}${url.pathname}`.replace(/\/$/, '').slice(0, 200) : '';
};

/** null for what is not version 4 of the webhook; throws SyntaxError where it is no JSON. */
export const readWebhook = async (body: Buffer, breathe: () => Promise<void>): Promise<Webhook | null> => {
  const parts = await itemsOf(body, 'alerts', breathe);
  if (parts === null) return null;
  const { success, data } = envelope.safeParse(JSON.parse(parts.rest));
  if (!success) return null;
  const alerts: (Received | null)[] = [];
  for (const item of parts.items) {
    alerts.push(alertOf(item));
    await breathe();
  }
  if (alerts.length > 0 && alerts.every((alert) => alert === null)) return null;
  return {
    externalUrl: plainUrl(data.externalURL ?? ''),
    truncated: data.truncatedAlerts ?? 0,
    alerts,
  };
};
