/** What is folded into one incident: `duru-notes|production|api`. One outage of a service, one incident. */
export const groupOf = (identity: { system: string; environment: string; service: string }): string =>
  `${identity.system}|${identity.environment}|${identity.service}`;
