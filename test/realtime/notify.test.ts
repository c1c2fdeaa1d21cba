import { expect, it } from 'vitest';
import { createPagerDutyClient } from '../../src/client/pagerduty.ts';
import { createSlackClient } from '../../src/client/slack.ts';
import { createPagerDutyChannel } from '../../src/notify/pagerduty/index.ts';
import { createSlackChannel } from '../../src/notify/slack/index.ts';
import { Secret } from '../../src/secret.ts';
import { startPagerDuty } from '../contract/channel/pagerduty-stand.ts';
import { startSlack } from '../contract/channel/slack-stand.ts';
import { notification } from '../notify/notifications.ts';

it('no attempt outlives its own deadline, even where nobody stops it', { timeout: 30_000 }, async () => {
  const [slack, pagerduty] = await Promise.all([startSlack(), startPagerDuty()]);
  slack.fault('hang');
  pagerduty.fault('stalled-body');
  const channels = [
    createSlackChannel({
      id: 'slack',
      client: createSlackClient({ token: new Secret(slack.secret), apiUrl: slack.url }),
      channel: 'C1',
      mention: null,
      wait: async () => undefined,
    }),
    createPagerDutyChannel({
      id: 'pagerduty',
      client: createPagerDutyClient({ eventsHost: pagerduty.url }),
      routingKey: new Secret(pagerduty.secret),
    }),
  ];
  const context = { root: null, possibleRepeat: false, signal: new AbortController().signal };
  const began = performance.now();
  const deliveries = await Promise.all(channels.map((channel) => channel.send(notification('page'), context)));
  expect(performance.now() - began).toBeLessThan(15_000);
  expect(deliveries).toMatchObject([{ outcome: 'uncertain' }, { outcome: 'retry' }]);
  await Promise.all([slack.stop(), pagerduty.stop()]);
});
