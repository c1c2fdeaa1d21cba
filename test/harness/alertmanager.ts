import type { Story } from './nines.ts';

type Labels = Readonly<Record<string, string>>;

/** Of the generated rules: the page tier of the story's one objective. */
export const BURNS: Labels = {
  alertname: 'ErrorBudgetBurn',
  system: 'shop',
  environment: 'production',
  service: 'checkout',
  slo: 'availability',
  tier: 'page-fast',
  severity: 'critical',
  long_window: '1h',
  short_window: '5m',
};

const AWAY = '0001-01-01T00:00:00Z';

export type Told = { labels: Labels; status?: 'firing' | 'resolved'; startsAt?: number; annotations?: Labels };

/** What an Alertmanager 0.25 sends of one group. */
export const body = (now: number, alerts: readonly Told[], url = 'http://am.example.org') => ({
  receiver: 'nines',
  status: alerts.some(({ status }) => status !== 'resolved') ? 'firing' : 'resolved',
  alerts: alerts.map(({ labels, status = 'firing', startsAt = now, annotations = {} }) => ({
    status,
    labels,
    annotations,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: status === 'firing' ? AWAY : new Date(now).toISOString(),
    generatorURL: '',
    fingerprint: 'a3510605b85797a5',
  })),
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: url,
  version: '4',
  groupKey: '{}:{service="checkout"}',
  truncatedAlerts: 0,
});

export type Answer = { status: number; headers: Headers; json: Record<string, unknown> };

export const post = async (story: Story, text: string): Promise<Answer> => {
  const response = await fetch(`${story.app.url}/api/v1/webhooks/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer a-token-for-tests' },
    body: text,
  });
  return { status: response.status, headers: response.headers, json: (await response.json()) as Answer['json'] };
};

/** An Alertmanager in a story: it says what it is told to. */
export const alertmanager = (story: Story, url?: string) => ({
  fires: (labels: Labels = BURNS, more: Partial<Told> = {}): Promise<Answer> =>
    post(story, JSON.stringify(body(story.clock.now(), [{ labels, ...more }], url))),
  resolves: (labels: Labels = BURNS): Promise<Answer> =>
    post(story, JSON.stringify(body(story.clock.now(), [{ labels, status: 'resolved' }], url))),
  says: (alerts: readonly Told[]): Promise<Answer> => post(story, JSON.stringify(body(story.clock.now(), alerts, url))),
});
