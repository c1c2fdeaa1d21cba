import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ALERTMANAGER_PATH } from '../../src/names.ts';
import { BURNS } from '../harness/alertmanager.ts';
import { start, type Story } from '../harness/nines.ts';
import { isMissing, startAlertmanager, type RealAlertmanager } from './alertmanager.ts';

if (isMissing) console.warn('SKIPPED: alerts from a real Alertmanager: prometheus-alertmanager is not here.');

const CONFIG = (url: string): string => `route:
  receiver: nines
  group_by: [system, environment, service]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 5m
receivers:
  - name: nines
    webhook_configs:
      - url: ${url}${ALERTMANAGER_PATH}
        send_resolved: true
        http_config:
          authorization: { credentials: a-token-for-tests }
`;

describe.skipIf(isMissing)('a real Alertmanager tells Nines', () => {
  let story: Story;
  let alertmanager: RealAlertmanager;
  beforeAll(async () => {
    story = await start();
    alertmanager = await startAlertmanager(CONFIG(story.app.url));
  });
  afterAll(async () => {
    await alertmanager?.stop();
    await story?.stop();
  });
  const seen = async () =>
    (await story.app.nines.incidents({ limit: 9 })).flatMap(({ incident }) =>
      Object.values(incident.alerts).map(({ slo, status }) => `${incident.service} ${slo} ${status}`),
    );
  const arrives = (what: string): Promise<void> =>
    vi.waitFor(async () => expect(await seen()).toEqual([what]), { timeout: 30_000, interval: 50 });

  it('what fires, and that it is over, of the alert that Nines judges itself', { timeout: 70_000 }, async () => {
    await alertmanager.send({ labels: BURNS, annotations: { description: 'It burns' } });
    await arrives('checkout shop/checkout/availability firing');
    await alertmanager.send({ labels: BURNS, endsAt: new Date().toISOString() });
    await arrives('checkout shop/checkout/availability clear');
    expect(story.errors).toEqual([]);
  });
});
