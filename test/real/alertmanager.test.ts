import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { alertmanagerPart } from '../../src/generate/alertmanager.ts';
import { ALERTMANAGER_PATH } from '../../src/names.ts';
import { shippedCatalog, shopCatalog, written } from '../generate/catalogs.ts';
import { isMissing, startAlertmanager, startListener } from './alertmanager.ts';
import type { Message, RealAlertmanager } from './alertmanager.ts';

if (isMissing) console.warn('SKIPPED: a real Alertmanager: prometheus-alertmanager is not here.');

const HERE = { system: 'shop', environment: 'production' };
const burns = (service: string, tier: string, severity = 'critical') => ({
  alertname: 'ErrorBudgetBurn',
  ...HERE,
  service,
  slo: 'availability',
  tier,
  severity,
});
const SELF = { alertname: 'NinesDown', nines: 'self', severity: 'critical' };
const arrives = <T>(what: () => T): Promise<T> => vi.waitFor(what, { timeout: 45_000, interval: 50 });

describe.skipIf(isMissing)('a real Alertmanager with the generated file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-secrets-'));
  let listener: Awaited<ReturnType<typeof startListener>>;
  let alertmanager: RealAlertmanager;
  const told = (path: string): Message[] => listener.messages.filter((message) => message.path === path);
  const about = (service: string): Message[] =>
    told(ALERTMANAGER_PATH).filter(({ body }) => body.groupLabels['service'] === service);
  const tiers = (message: Message | undefined): string[] =>
    (message?.body.alerts ?? []).map(({ status, labels }) => `${labels['tier']} ${status}`).toSorted();

  beforeAll(async () => {
    listener = await startListener();
    writeFileSync(join(folder, 'ingest-token'), 'ingest-token-of-a-test\n');
    writeFileSync(join(folder, 'slack-webhook-url'), `http://${listener.host}/slack`);
    const more = `apiVersion: nines/v1\nkind: Links\nscrape: ${listener.host}\n`;
    const config = written(alertmanagerPart, shopCatalog({ more })).get('alertmanager.yml') ?? '';
    // PagerDuty's address cannot be had here, and one way is enough to see where the route leads.
    const local = config
      .replaceAll('/etc/alertmanager/secrets', folder)
      .replace(/ {4}pagerduty_configs:[\s\S]*?(?= {4}slack_configs:)/, '')
      .replace('group_wait: 10s', 'group_wait: 0s');
    alertmanager = await startAlertmanager(local);
  });
  afterAll(async () => {
    await alertmanager?.stop();
    await listener?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings what fires at once, with the token, in one message per service', { timeout: 60_000 }, async () => {
    const before = Date.now();
    await alertmanager.send(
      { labels: burns('checkout', 'page-fast') },
      { labels: burns('checkout', 'page-slow') },
      { labels: burns('search', 'ticket-slow', 'warning') },
    );
    await arrives(() => expect([about('checkout').length, about('search').length]).toEqual([1, 1]));
    expect(Date.now() - before).toBeLessThan(10_000);
    const [message] = about('checkout');
    expect(message?.authorization).toBe('Bearer ingest-token-of-a-test');
    expect(message?.body).toMatchObject({ version: '4', status: 'firing', truncatedAlerts: 0 });
    expect(message?.body.groupLabels).toEqual({ ...HERE, service: 'checkout' });
    expect(tiers(message)).toEqual(['page-fast firing', 'page-slow firing']);
  });

  it('brings the end of a milder tier while the worse one still fires', { timeout: 60_000 }, async () => {
    await alertmanager.send({ labels: burns('checkout', 'page-slow'), endsAt: new Date().toISOString() });
    await arrives(() => expect(tiers(about('checkout').at(-1))).toEqual(['page-fast firing', 'page-slow resolved']));
  });

  it('tells of Nines itself elsewhere, and never Nines', { timeout: 60_000 }, async () => {
    await alertmanager.send(
      { labels: { alertname: 'NinesWatchdog', nines: 'self', severity: 'info' } },
      { labels: SELF, annotations: { summary: 'Prometheus cannot reach Nines.' } },
    );
    await arrives(() => expect(told('/slack')).toHaveLength(1));
    expect(JSON.stringify(told('/slack')[0]?.body)).toContain('Prometheus cannot reach Nines.');
    expect(JSON.stringify(told(ALERTMANAGER_PATH))).not.toContain('"nines":"self"');
    expect(JSON.stringify(listener.messages)).not.toContain('Watchdog');
  });
});

const amtool = (text: string): { status: number | null; said: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-amtool-'));
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync('amtool', ['check-config', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true, force: true });
  return { status, said: stdout + stderr };
};

describe.skipIf(isMissing)('amtool', () => {
  it('accepts what is generated from the shipped definitions', async () => {
    const config = written(alertmanagerPart, await shippedCatalog()).get('alertmanager.yml') ?? '';
    expect(amtool(config)).toMatchObject({ status: 0, said: expect.stringContaining('3 receivers') });
    expect(amtool(config.replace('receiver: nines', 'receiver: nobody')).status).toBe(1);
  });

  it('accepts the example for other receivers', () => {
    const doc = readFileSync('docs/alertmanager.md', 'utf8');
    const example = [...doc.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].find(([, text]) => text?.includes('route:'))?.[1];
    expect(amtool(example ?? '')).toMatchObject({ status: 0, said: expect.stringContaining('4 inhibit rules') });
  });
});
