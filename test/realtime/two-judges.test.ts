import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folderWith, nines, serve } from '../cli/nines.ts';
import { POLICIES } from '../harness/definitions.ts';
import { listen } from '../probe/http/target.ts';
import { isMissing as hasNoAlertmanager, startAlertmanager } from '../real/alertmanager.ts';
import { isMissing as hasNoPrometheus, launchPrometheus } from '../real/prometheus.ts';

const INGEST = 'an-ingest-token-0123456789';
const SOON = { timeout: 60_000, interval: 200 };

const system = (url: string): string => `apiVersion: nines/v1
kind: System
id: shop
name: Shop
services:
  - id: checkout
    name: Checkout
    policy: standard
    probes: [{ id: health, kind: http, url: '${url}', every: 1s, timeout: 500ms }]
    slos:
      - { id: availability, name: Checkout availability, objective: 99.9, window: 30d, indicator: { kind: probe, probes: [health] } }
`;

/** A target that can be broken; whoever posts to it is heard. */
const target = async () => {
  const state = { ok: true, heard: [] as string[] };
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk))).on('end', () => state.heard.push(body));
    }
    response.writeHead(state.ok ? 200 : 503).end('ok');
  });
  onTestFinished(() => void server.close());
  return { state, url: `http://127.0.0.1:${await listen(server)}` };
};

type Alerts = {
  incidents: {
    id: string;
    state: string;
    service: string;
    alerts: { title: string; judges: { judge: string; status: string }[] }[];
  }[];
};
const incidentsOf = async (url: string): Promise<Alerts['incidents']> =>
  ((await (await fetch(`${url}/api/v1/incidents?state=open`)).json()) as Alerts).incidents;

const edit = (file: string, ...changes: readonly (readonly [string | RegExp, string])[]): string => {
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of changes) text = text.replaceAll(from, to);
  writeFileSync(file, text);
  return text;
};

/** The generated files, with the clocks of a test: evaluated and scraped every second, and two judges that are told. */
const around = async (config: string, scraped: string, told: readonly string[], outside: string) => {
  const folder = folderWith();
  const generated = await nines(['generate', '--config', config, '--out', folder]);
  expect(generated).toMatchObject({ code: 0 });
  mkdirSync(join(folder, 'secrets'));
  mkdirSync(join(folder, 'alertmanagers'));
  for (const [name, text] of [
    ['ingest-token', INGEST],
    ['slack-webhook-url', outside],
    ['pagerduty-routing-key', 'none'],
  ] as const)
    writeFileSync(join(folder, 'secrets', name), text);
  for (const name of ['shop', 'nines'])
    edit(join(folder, 'alerts', `${name}.rules.yml`), [/interval: 30s/g, 'interval: 1s'], [/for: [25]m/g, 'for: 2s']);
  const alertmanagers = await Promise.all(
    told.map((url) =>
      startAlertmanager(
        edit(
          join(folder, 'alertmanager.yml'),
          [/http:\/\/[^/']+\/api\/v1\/webhooks/g, `${url}/api/v1/webhooks`],
          ['/etc/alertmanager/secrets', join(folder, 'secrets')],
          ['group_wait: 10s', 'group_wait: 0s'],
        ),
      ),
    ),
  );
  onTestFinished(() => Promise.all(alertmanagers.map((one) => one.stop())).then(() => undefined));
  const hosts = alertmanagers.map(({ url }) => `'${new URL(url).host}'`).join(', ');
  const configuration = edit(
    join(folder, 'prometheus.yml'),
    ['scrape_interval: 15s', 'scrape_interval: 1s'],
    ['evaluation_interval: 30s', 'evaluation_interval: 1s'],
    [`['alertmanager:9093']`, `[${hosts}]`],
    [`['nines:9700']`, `['${new URL(scraped).host}']`],
  );
  // Prometheus reads rules and secrets beside its own file.
  const home = folderWith();
  cpSync(folder, home, { recursive: true });
  const prometheus = await launchPrometheus(home, configuration);
  onTestFinished(() => prometheus.stop());
  return prometheus;
};

describe.skipIf(hasNoPrometheus || hasNoAlertmanager)('Nines and Prometheus with the generated files', () => {
  test('one outage, one incident, whoever says it first; and the end of Nines is told to others', async () => {
    const one = await target();
    const other = await target();
    const outside = await target();
    const env = { NINES_INGEST_TOKEN: INGEST };
    const place = (url: string): string => folderWith({ 'shop.yaml': system(url), 'policies.yaml': POLICIES });
    const config = place(one.url);
    const args = (from: string): string[] => ['--config', from, '--data', folderWith()];
    // The first one judges and is scraped; the second one sees its own target well, and hears Prometheus alone.
    const first = await serve(args(config), env);
    const second = await serve(args(place(other.url)), env);
    await around(config, first.url, [first.url, second.url], outside.url);

    one.state.ok = false;
    /** Who fires for what pages fast. */
    const judged = async (url: string): Promise<string[]> =>
      (await incidentsOf(url))
        .flatMap(({ alerts }) => alerts.filter(({ title }) => title.includes('14.4')))
        .flatMap(({ judges }) => judges.filter(({ status }) => status === 'firing'))
        .map(({ judge }) => judge.split(':')[0] ?? '')
        .toSorted();
    await expect.poll(async () => (await incidentsOf(first.url)).length, SOON).toBe(1);
    await expect.poll(() => judged(first.url), SOON).toEqual(['alertmanager', 'nines']);
    expect(await incidentsOf(first.url)).toHaveLength(1);

    await expect.poll(() => judged(second.url), SOON).toEqual(['alertmanager']);
    other.state.ok = false;
    await expect.poll(() => judged(second.url), SOON).toEqual(['alertmanager', 'nines']);
    expect(await incidentsOf(second.url)).toHaveLength(1);

    first.kill('SIGKILL');
    await expect.poll(() => outside.state.heard.join(), SOON).toMatch(/Nines is down/);
  }, 200_000);
});
