import type { Catalog, CatalogChannel } from '../../definition/catalog.ts';
import type { Ladder, Policy } from '../../incident/policy.ts';
import { guardedText, lengthText, type Facts } from './fact.ts';

const ladderFacts = (severity: string, { recovery, levels, repeatMs, acknowledgeTimeoutMs }: Ladder): Facts => ({
  ...(recovery && { [`${severity} observe`]: lengthText(recovery.forMs) }),
  ...Object.fromEntries(
    levels.map(({ level, afterMs, channels }) => [
      `${severity} L${level}`,
      `${channels.join(', ')} after ${lengthText(afterMs)}`,
    ]),
  ),
  [`${severity} repeat`]: lengthText(repeatMs),
  [`${severity} acknowledgeTimeout`]: lengthText(acknowledgeTimeoutMs),
});

export const policyFacts = (policy: Policy): Facts => ({
  name: policy.name,
  ...ladderFacts('critical', policy.critical),
  ...ladderFacts('warning', policy.warning),
  hold: lengthText(policy.holdMs),
  flappingHold: lengthText(policy.flappingHoldMs),
  reopen: lengthText(policy.reopenMs),
  fallback: policy.fallback ?? undefined,
});

export const channelFacts = (channel: CatalogChannel): Facts => {
  const { kind } = channel;
  if (kind === 'slack')
    return { kind, channel: channel.channel, token: guardedText(channel.token), mention: channel.mention };
  return kind === 'pagerduty' ? { kind, routingKey: guardedText(channel.routingKey) } : { kind };
};

export const linkFacts = ({ environment, links }: Catalog): Facts => ({
  environment,
  nines: links.nines,
  grafana: links.grafana,
  scrape: links.scrape,
  // The default follows from the address of Nines.
  runbooks: links.runbooks === `${links.nines}/runbooks` ? undefined : links.runbooks,
  heartbeat: links.heartbeat ? 'on' : 'off',
});
