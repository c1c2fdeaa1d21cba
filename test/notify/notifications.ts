import type { Message } from '../../src/incident/message.ts';
import type { Notification, NotificationKind } from '../../src/incident/notification.ts';

const OPENED = Date.UTC(2026, 10, 20, 2, 53, 0);

/** The story of the tests: the API of Duru Notes burns its budget at night. */
export const message = (change: Partial<Message> = {}): Message => ({
  incident: '01JD4QZ8X6M2V0000000000001',
  episode: 1,
  revision: 3,
  state: 'triggered',
  severity: 'critical',
  level: 2,
  cycle: 1,
  title: 'duru-notes/api: API availability burns its budget 88.9 times too fast',
  text: 'L2: API availability burns its budget 88.9 times too fast',
  reason: 'first',
  system: 'duru-notes',
  environment: 'production',
  service: 'api',
  openedAt: OPENED,
  alerts: [
    {
      title: 'API availability burns its budget 14.4 times too fast',
      detail: '32 of 360 checks failed in 1 h (burn rate 88.9, limit 14.4); 12 % of the budget is left',
      status: 'firing',
      since: OPENED,
    },
    {
      title: 'API error rate burns its budget 6 times too fast',
      detail: '41 of 2160 checks failed in 6 h (burn rate 18.9, limit 6); 12 % of the budget is left',
      status: 'stale',
      since: OPENED + 60_000,
    },
  ],
  moreAlerts: 2,
  budgetRemaining: 0.1204,
  acknowledgedBy: null,
  next: 'L3 at 03:03 UTC: pages engineering-manager',
  runbook: 'https://runbooks.example.org/duru-notes/api?from=nines&section=5xx',
  url: 'https://nines.example.org/incidents/01JD4QZ8X6M2V0000000000001',
  ...change,
});

export const notification = (kind: NotificationKind, change: Partial<Message> = {}, key?: string): Notification => {
  const shown = message(change);
  return {
    key: key ?? `${shown.incident}/${shown.episode}/L${shown.level}/${shown.cycle}/on-call/${kind}/${shown.revision}`,
    incident: shown.incident,
    episode: shown.episode,
    channel: 'on-call',
    kind,
    lane: `on-call:${shown.incident}`,
    priority: kind === 'page' ? 2 : 0,
    dedupKey: `nines/${shown.incident}/${shown.episode}/on-call/${shown.cycle}`,
    message: shown,
    dueAt: OPENED,
  };
};

/** Everything that could call people, break a layout or leave its line. */
export const HOSTILE: Partial<Message> = {
  title: `api: <!here> <!channel|all> <@U1> @channel @everyone & </script> ${'🧨'.repeat(200)}`,
  text: `<https://evil.example.org|click> \u001b[31m\u0000 <!subteam^S1> *bold* & ${'<'.repeat(5_000)}`,
  alerts: [
    { title: '<!here>'.repeat(400), detail: '&'.repeat(9_000), status: 'firing', since: OPENED },
    { title: '', detail: '', status: 'clear', since: OPENED },
  ],
  next: '<!channel>\n@here'.repeat(900),
  acknowledgedBy: '<@U666>'.repeat(300),
  runbook: 'javascript:alert(1)',
  url: `https://nines.example.org/${'x'.repeat(4_000)}`,
  service: '<!here>'.repeat(500),
};
