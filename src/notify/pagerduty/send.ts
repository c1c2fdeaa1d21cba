import type { PagerDutyAnswer, PagerDutyClient, PagerDutyEvent } from '../../client/pagerduty.ts';
import type { Message } from '../../incident/message.ts';
import type { Notification } from '../../incident/notification.ts';
import type { Secret } from '../../secret.ts';
import type { Delivery } from '../channel.ts';
import { cut } from '../cut.ts';

const absolute = (url: string | null): url is string => url !== null && URL.canParse(url) && /^https?:/.test(url);

const linksOf = (message: Message): { href: string; text: string }[] => [
  ...(absolute(message.runbook) ? [{ href: message.runbook, text: 'Runbook' }] : []),
  ...(absolute(message.url) ? [{ href: message.url, text: 'Incident in Nines' }] : []),
];

const detailsOf = (message: Message): Record<string, unknown> => ({
  what: cut(message.text, 2_000),
  state: message.state,
  ...(message.budgetRemaining === null
    ? {}
    : { error_budget_left_percent: Math.round(message.budgetRemaining * 1_000) / 10 }),
  since: new Date(message.openedAt).toISOString(),
  alerts: message.alerts.map((alert) => ({
    title: cut(alert.title, 1_000),
    detail: cut(alert.detail, 2_000),
    status: alert.status,
    since: new Date(alert.since).toISOString(),
  })),
  more_alerts: message.moreAlerts,
  ...(message.next === null ? {} : { next: cut(message.next, 1_000) }),
  ...(message.runbook === null ? {} : { runbook: cut(message.runbook, 1_000) }),
  environment: message.environment,
  incident: message.incident,
  episode: message.episode,
});

const triggerOf = (message: Message, dedupKey: string): PagerDutyEvent => ({
  event_action: 'trigger',
  dedup_key: dedupKey,
  client: 'Nines',
  ...(absolute(message.url) ? { client_url: message.url } : {}),
  payload: {
    summary: cut(`${message.level === null ? '' : `L${message.level} `}${message.title}`, 1_024),
    source: `${message.system}/${message.service}`,
    severity: message.severity,
    timestamp: new Date(message.openedAt).toISOString(),
    component: message.service,
    group: message.system,
    class: 'slo',
    custom_details: detailsOf(message),
  },
  links: linksOf(message),
});

/** The event of a notification; null for a kind that PagerDuty has no shape for. */
export const eventOf = (notification: Notification): PagerDutyEvent | null => {
  const { kind, message, dedupKey } = notification;
  if (dedupKey === null) return null;
  switch (kind) {
    case 'page':
      return triggerOf(message, dedupKey);
    case 'acknowledge':
    case 'resolve':
      return { event_action: kind, dedup_key: dedupKey };
    case 'root':
    case 'update':
    case 'note':
      return null;
  }
};

const deliveryOf = (answer: PagerDutyAnswer, dedupKey: string): Delivery => {
  switch (answer.outcome) {
    case 'accepted':
      return { outcome: 'sent', ref: dedupKey };
    case 'refused':
      return { outcome: 'rejected', reason: answer.sentence };
    // Never uncertain: a repeat with the same dedup key is one alert.
    case 'unavailable':
      return { outcome: 'retry', reason: answer.sentence, afterMs: answer.afterMs };
  }
};

export const sendToPagerDuty = async (
  client: PagerDutyClient,
  routingKey: Secret,
  notification: Notification,
  signal: AbortSignal,
): Promise<Delivery> => {
  const event = eventOf(notification);
  if (!event)
    return { outcome: 'rejected', reason: `PagerDuty takes no ${notification.kind} without an alert of its own` };
  return deliveryOf(await client.send(routingKey, event, signal), event.dedup_key);
};
