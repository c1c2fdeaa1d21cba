import type { PagerDutyClient } from '../../client/pagerduty.ts';
import type { Secret } from '../../secret.ts';
import type { Channel, ChannelCheck } from '../channel.ts';
import { sendToPagerDuty } from './send.ts';

export type PagerDutyChannelOptions = { id: string; client: PagerDutyClient; routingKey: Secret };

// PagerDuty drops an acknowledge for which no alert is open, and refuses a routing key that is none: nobody is paged.
const check = async (options: PagerDutyChannelOptions, signal: AbortSignal): Promise<ChannelCheck> => {
  const sent = { event_action: 'acknowledge', dedup_key: 'nines/doctor' } as const;
  const answer = await options.client.send(options.routingKey, sent, signal);
  return answer.outcome === 'accepted'
    ? { ok: true, text: 'PagerDuty: the events API takes the routing key' }
    : { ok: false, text: answer.sentence };
};

/** One PagerDuty service, by its routing key: alerts that follow the state of the incident. */
export const createPagerDutyChannel = (options: PagerDutyChannelOptions): Channel => ({
  id: options.id,
  send: (notification, { signal }) => sendToPagerDuty(options.client, options.routingKey, notification, signal),
  check: (signal) => check(options, signal),
});
