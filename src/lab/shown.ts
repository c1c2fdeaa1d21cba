import type { Account, PagerDutyIncident } from './pagerduty/account.ts';
import type { SlackChannel, SlackMessage, Workspace } from './slack/workspace.ts';

const messageShown = (message: SlackMessage) => ({
  ts: message.ts,
  at: message.at,
  text: message.text,
  blocks: message.blocks,
  broadcast: message.broadcast,
  edits: message.edits,
  metadata: message.metadata,
});

const rootShown = (root: SlackMessage, channel: SlackChannel) => ({
  ...messageShown(root),
  thread: channel.messages.filter((message) => message.threadTs === root.ts).map(messageShown),
});

const channelShown = (channel: SlackChannel) => ({
  id: channel.id,
  name: channel.name,
  archived: channel.archived,
  messages: channel.messages.filter((message) => message.threadTs === null).map((root) => rootShown(root, channel)),
});

/** What Slack received: root messages of each channel, oldest first, with their threads. Times are epoch ms. */
export const slackShown = (workspace: Workspace) => ({ channels: workspace.channels.map(channelShown) });

/** `L3 (…0003)`: enough to tell two integrations apart, too little to use one. */
export const keyLabel = (key: string, routingKeys: Readonly<Record<string, string>>): string => {
  const label = Object.keys(routingKeys).find((name) => routingKeys[name] === key) ?? 'unknown integration';
  return `${label} (…${key.slice(-4)})`;
};

/** What PagerDuty received, newest first. Times are epoch ms. */
export const pagerdutyShown = (account: Account, routingKeys: Readonly<Record<string, string>>) => ({
  incidents: account.incidents.toReversed().map((incident: PagerDutyIncident) => ({
    number: incident.number,
    id: incident.id,
    dedup_key: incident.dedupKey,
    routing_key: keyLabel(incident.routingKey, routingKeys),
    status: incident.status,
    urgency: incident.urgency,
    severity: incident.severity,
    title: incident.title,
    source: incident.source,
    custom_details: incident.details,
    links: incident.links,
    created_at: incident.createdAt,
    log_entries: incident.log,
  })),
  dropped: account.dropped(),
});
