import type { Agent } from 'node:https';
import { createPagerDutyClient } from '../client/pagerduty.ts';
import { createSlackClient } from '../client/slack.ts';
import type { RevealedChannel } from '../definition/resolve.ts';
import type { ChannelTraits } from '../incident/notification.ts';
import type { Channel } from './channel.ts';
import { createConsoleChannel } from './console.ts';
import { createPagerDutyChannel } from './pagerduty/index.ts';
import { createSlackChannel } from './slack/index.ts';

export type ChannelKind = RevealedChannel['kind'];

/** What channels are made with. `wait` and `agent` are for tests; without them real time and the right agent are used. */
export type ChannelParts = {
  slackApiUrl: string | null;
  pagerdutyEventsHost: string;
  write: (line: string) => void;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  pagerdutyAgent?: Agent;
};

/** What the core must know of a kind. */
export const traits: Readonly<Record<ChannelKind, ChannelTraits>> = {
  slack: { shape: 'thread' },
  pagerduty: { shape: 'alert' },
  console: { shape: 'lines' },
};

type Makers = { [K in ChannelKind]: (spec: Extract<RevealedChannel, { kind: K }>, parts: ChannelParts) => Channel };

const makers: Makers = {
  slack: ({ id, token, channel, mention }, { slackApiUrl, wait }) =>
    createSlackChannel({
      id,
      client: createSlackClient({ token, apiUrl: slackApiUrl }),
      channel,
      mention,
      wait,
    }),
  pagerduty: ({ id, routingKey }, { pagerdutyEventsHost, pagerdutyAgent }) =>
    createPagerDutyChannel({
      id,
      client: createPagerDutyClient({
        eventsHost: pagerdutyEventsHost,
        ...(pagerdutyAgent ? { agent: pagerdutyAgent } : {}),
      }),
      routingKey,
    }),
  console: ({ id }, { write }) => createConsoleChannel({ id, write }),
};

export const createChannel = (spec: RevealedChannel, parts: ChannelParts): Channel =>
  (makers[spec.kind] as (spec: RevealedChannel, parts: ChannelParts) => Channel)(spec, parts);
