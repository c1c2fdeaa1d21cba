import type { SlackClient } from '../../client/slack.ts';
import type { Channel, ChannelCheck } from '../channel.ts';
import { reconcileSlack, type Wait } from './reconcile.ts';
import { sendToSlack, type SlackTarget } from './send.ts';

export type SlackChannelOptions = {
  id: string;
  client: SlackClient;
  /** Slack's own id of the channel: `C0123456789`. */
  channel: string;
  mention: string | null;
  wait: Wait;
};

// Reading is only for the search after an uncertain outcome; one of the two is enough (public or private channel).
const READING = ['channels:history', 'groups:history'];

const check = async (target: SlackTarget, signal: AbortSignal): Promise<ChannelCheck> => {
  const answer = await target.client.authTest(signal);
  if (!answer.ok) return { ok: false, text: `Slack: ${answer.failure.sentence}` };
  const { team, user, scopes } = answer.value;
  const who = `Slack: ${user} in ${team}, channel ${target.channel}`;
  if (scopes && !scopes.includes('chat:write')) return { ok: false, text: `${who}: the scope chat:write is missing` };
  if (scopes && !READING.some((scope) => scopes.includes(scope))) {
    return {
      ok: false,
      text: `${who}: without channels:history or groups:history a page may arrive twice after a failure`,
    };
  }
  return { ok: true, text: who };
};

/** A thread per incident in one Slack channel. */
export const createSlackChannel = (options: SlackChannelOptions): Channel => {
  const target: SlackTarget = { client: options.client, channel: options.channel, mention: options.mention };
  return {
    id: options.id,
    send: (notification, context) => sendToSlack(target, notification, context),
    reconcile: (notification, context) => reconcileSlack(target, notification, context, options.wait),
    check: (signal) => check(target, signal),
  };
};
