/** What the stand-ins were set up with, as a vendor's console would show it to whoever configures Nines. */
export const LAB = {
  slackToken: 'xoxb-lab-duru-notes',
  /** A token that was good once: every call answers token_revoked. */
  revokedSlackToken: 'xoxb-lab-revoked',
  slackChannels: [
    { id: 'C0DURUONCALL', name: 'duru-oncall' },
    { id: 'C0DURUFALLBK', name: 'duru-fallback' },
    { id: 'C0DURUOLDONE', name: 'duru-archive', archived: true },
  ],
  routingKeys: {
    L3: 'duruLabEngineeringManager0000003',
    L4: 'duruLabExecutive0000000000000004',
  },
  metricsToken: 'lab-metrics-token',
} as const;

/** `channels` are the Slack channels that exist; `routingKeys` give the labels under which incidents are shown. */
export type Setup = {
  channels: readonly { id: string; name: string; archived?: boolean }[];
  routingKeys: Readonly<Record<string, string>>;
  metricsToken: string;
};
