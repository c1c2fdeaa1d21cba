/** What can be broken here. `does` is the sentence under the switch. */
export const FAULTS = [
  { id: 'duru-api-down', area: 'duru', title: 'API down', does: 'Every request to the API is answered with 503.' },
  { id: 'duru-api-slow', area: 'duru', title: 'API slow', does: 'The API answers correctly, but after 1.5 seconds.' },
  {
    id: 'duru-api-erring',
    area: 'duru',
    title: 'API erring',
    does: 'Every third request to the API is answered with 500.',
  },
  {
    id: 'notifications-down',
    area: 'duru',
    title: 'Notifications down',
    does: 'The notification service is unhealthy, answers 503 and delivers nothing.',
  },
  { id: 'slack-down', area: 'slack', title: 'Slack down', does: 'Slack answers 503 and stores nothing.' },
  {
    id: 'slack-rate-limited',
    area: 'slack',
    title: 'Slack rate-limits',
    does: 'Slack answers 429 and asks to come back after 2 seconds.',
  },
  {
    id: 'slack-500-after-storing',
    area: 'slack',
    title: 'Slack loses its answer',
    does: 'Slack stores the message and then answers 500: the sender cannot know.',
  },
  { id: 'slack-hangs', area: 'slack', title: 'Slack hangs', does: 'Slack accepts the connection and never answers.' },
  {
    id: 'pagerduty-down',
    area: 'pagerduty',
    title: 'PagerDuty down',
    does: 'PagerDuty answers 500 and takes no event.',
  },
  {
    id: 'pagerduty-rate-limited',
    area: 'pagerduty',
    title: 'PagerDuty rate-limits',
    does: 'PagerDuty answers 429 and takes no event.',
  },
] as const;

export type FaultId = (typeof FAULTS)[number]['id'];
export type FaultArea = (typeof FAULTS)[number]['area'];

/** `since` is epoch ms of the moment it was switched on; null while it is off. */
export type Fault = { id: FaultId; area: FaultArea; title: string; does: string; on: boolean; since: number | null };

export type Faults = {
  list(): Fault[];
  on(id: FaultId): boolean;
  /** Switching on what is on changes nothing, `since` included. */
  set(id: FaultId, on: boolean): Fault;
  reset(): void;
};

export const isFaultId = (id: string): id is FaultId => FAULTS.some((fault) => fault.id === id);

export const createFaults = (now: () => number): Faults => {
  const since = new Map<FaultId, number>();
  const shown = (fault: (typeof FAULTS)[number]): Fault => ({
    ...fault,
    on: since.has(fault.id),
    since: since.get(fault.id) ?? null,
  });
  const list = (): Fault[] => FAULTS.map(shown);
  return {
    list,
    on: (id) => since.has(id),
    set: (id, on) => {
      if (!on) since.delete(id);
      else if (!since.has(id)) since.set(id, now());
      return list().find((fault) => fault.id === id)!;
    },
    reset: () => since.clear(),
  };
};
