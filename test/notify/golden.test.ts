import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/incident/message.ts';
import { eventOf } from '../../src/notify/pagerduty/send.ts';
import { noteLayout, pageLayout, rootLayout } from '../../src/notify/slack/blocks.ts';
import { HOSTILE, notification } from './notifications.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const ACKNOWLEDGED: Partial<Message> = {
  state: 'acknowledged',
  acknowledgedBy: 'Ann',
  revision: 5,
  text: 'Ann acknowledged',
  next: 'L2 at 03:25 UTC: still burning, pages on-call again',
};
const RESOLVED: Partial<Message> = {
  state: 'resolved',
  acknowledgedBy: 'Ann',
  revision: 9,
  level: 3,
  text: 'Recovered after 14m',
  budgetRemaining: -0.031,
  alerts: [
    {
      title: 'API availability burns its budget 14.4 times too fast',
      detail: 'clear on data',
      status: 'clear',
      since: Date.UTC(2026, 10, 20, 3, 7),
    },
  ],
  moreAlerts: 0,
  next: null,
};

describe('what people get to see, as reviewed', () => {
  it.each([
    ['slack/root-critical', () => rootLayout(notification('root'), false)],
    ['slack/page-critical-L2', () => pageLayout(notification('page'), '<!subteam^S1>', false)],
    [
      'slack/page-possible-repeat',
      () => pageLayout(notification('page', { runbook: 'docs/runbooks/api.md' }), null, true),
    ],
    ['slack/update-acknowledged', () => rootLayout(notification('update', ACKNOWLEDGED), false)],
    ['slack/update-resolved', () => rootLayout(notification('update', RESOLVED), false)],
    ['slack/note', () => noteLayout(notification('note', { text: 'Ann: looking at the gateway' }))],
    ['slack/root-hostile', () => rootLayout(notification('root', HOSTILE), true)],
    ['slack/page-hostile', () => pageLayout(notification('page', HOSTILE), '<@U1>', true)],
    [
      'pagerduty/page-critical-L3',
      () => eventOf(notification('page', { level: 3, text: 'L3: nobody acknowledged within 10m' })),
    ],
    ['pagerduty/acknowledge', () => eventOf(notification('acknowledge', ACKNOWLEDGED))],
    ['pagerduty/resolve', () => eventOf(notification('resolve', RESOLVED))],
    ['pagerduty/page-hostile', () => eventOf(notification('page', HOSTILE))],
  ])('%s', async (name, layout) => {
    await expect(json(layout())).toMatchFileSnapshot(`../golden/${name}.json`);
  });
});
