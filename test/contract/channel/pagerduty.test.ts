import { createPagerDutyClient } from '../../../src/client/pagerduty.ts';
import { createPagerDutyChannel } from '../../../src/notify/pagerduty/index.ts';
import { Secret } from '../../../src/secret.ts';
import { startPagerDuty } from './pagerduty-stand.ts';
import { channelContract } from './suite.ts';

channelContract('PagerDuty', {
  start: startPagerDuty,
  create: (stand) =>
    createPagerDutyChannel({
      id: 'on-call',
      client: createPagerDutyClient({ eventsHost: stand.url, sdkPauseMs: 1 }),
      routingKey: new Secret(stand.secret),
    }),
});
