import { z } from 'zod';
import { id, text } from './scalars.ts';

export const channel = z.discriminatedUnion('kind', [
  /** `channel` is a Slack channel id (C…); `mention` is put in front of every page, such as <!subteam^S1> or <@U1>. */
  z.strictObject({
    id,
    kind: z.literal('slack'),
    channel: text,
    token: text.default('${env:SLACK_BOT_TOKEN}'),
    mention: text.optional(),
  }),
  z.strictObject({ id, kind: z.literal('pagerduty'), routingKey: text.default('${env:PAGERDUTY_ROUTING_KEY}') }),
  z.strictObject({ id, kind: z.literal('console') }),
]);
