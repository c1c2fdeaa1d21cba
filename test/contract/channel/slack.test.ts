import { createChannel } from '../../../src/notify/index.ts';
import { Secret } from '../../../src/secret.ts';
import { startSlack } from './slack-stand.ts';
import { channelContract } from './suite.ts';

channelContract('Slack', {
  start: startSlack,
  create: (stand) =>
    createChannel(
      { id: 'on-call', kind: 'slack', channel: 'C1', token: new Secret(stand.secret), mention: '<!subteam^S1>' },
      {
        slackApiUrl: stand.url,
        pagerdutyEventsHost: 'unused.invalid',
        write: () => undefined,
        wait: async () => undefined,
      },
    ),
});
