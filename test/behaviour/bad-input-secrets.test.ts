import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { createInlineProber } from '../../src/probe/inline.ts';
import { runProbe } from '../../src/probe/index.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { manualClock } from '../harness/manual-clock.ts';
import { folderWith } from '../cli/nines.ts';

// Recognisable wherever they turn up, whole or cut.
const MARK = 'SEKRET';
const SECRETS = {
  NINES_TOKEN: `${MARK}-people-token`,
  NINES_INGEST_TOKEN: `${MARK}-ingest-token`,
  SLACK_BOT_TOKEN: `xoxb-${MARK}-slack`,
  SLACK_SIGNING_SECRET: `${MARK}-signing`,
  PAGERDUTY_ROUTING_KEY: `${MARK}routingkeylevel3`,
  PAGERDUTY_ROUTING_KEY_L4: `${MARK}routingkeylevel4`,
  SHOP_KEY: `${MARK}-header`,
  SHOP_BODY: `${MARK}-body`,
  SHOP_QUERY: `${MARK}-query`,
};

const SHOP = SYSTEM.replace(
  'url: http://127.0.0.1:1/health',
  `url: '\${env:SHOP_URL}/health?key=\${env:SHOP_QUERY}'
        method: POST
        headers: { authorization: 'Bearer \${env:SHOP_KEY}', x-key: '\${env:SHOP_KEY}' }
        body: '{"key":"\${env:SHOP_BODY}"}'
        assert: [{ status: 2xx }, { body: { contains: fine } }]`,
);

/** Sends back whatever it was sent, as status 500: what a careless target, or a careless vendor, does. */
const echoing = (): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (more: string) => (body += more));
      request.on('end', () => {
        const sent = JSON.stringify({ url: request.url, headers: request.headers, body });
        const status = request.url?.includes('chat.') ? 200 : request.url?.includes('v2/enqueue') ? 400 : 500;
        // Where a sentence is cut, half a secret is still one.
        const key = /"routing_key":"(\w+)"/.exec(body)?.[1] ?? '';
        const said = { ok: false, error: sent, errors: [`${'x'.repeat(290)}${key}`, sent], message: sent };
        response.writeHead(status, { 'content-type': 'application/json', 'x-said': encodeURIComponent(sent) });
        response.end(JSON.stringify(said));
      });
    }).listen(0, '127.0.0.1', () => {
      onTestFinished(() => void server.close());
      resolve(`127.0.0.1:${(server.address() as { port: number }).port}`);
    });
  });

const leaksIn = (where: string, text: string): string[] =>
  [...text.matchAll(new RegExp(`.{0,60}${MARK}.{0,20}`, 'g'))].map(([found]) => `${where}: ${found}`);

describe('no secret is shown', () => {
  let stop: () => Promise<void>;
  afterEach(() => stop());

  it('on any page, in any answer, log line, metric, output, definition check or stored row, whatever others echo', async () => {
    const host = await echoing();
    const config = folderWith({ 'shop.yaml': SHOP, 'policies.yaml': POLICIES });
    const data = folderWith();
    const clock = manualClock();
    const heard: string[] = [];
    const prober = createInlineProber({ clock, probe: runProbe });
    const env = {
      ...SECRETS,
      NINES_SLACK_CHANNEL: 'C0ONCALL',
      SHOP_URL: `http://${host}`,
      SLACK_API_URL: `http://${host}/api/`,
      PAGERDUTY_EVENTS_HOST: host,
    };
    const app = await createApp(
      { ...readConfig(env), port: 0, dataDir: data, configDir: config },
      {
        clock,
        log: createLog((line) => heard.push(line), clock.now, 'debug'),
        prober,
        ticking: false,
        print: (line) => void heard.push(line),
      },
    );
    stop = app.close;
    for (let second = 0; second < 900; second++) {
      clock.moveTo(clock.now() + 1_000);
      await prober.advanceTo(clock.now());
      await app.engine.tick();
      await app.engine.settled();
    }
    await app.nines.verbs.reload();

    const [open] = await app.nines.incidents({ state: 'open', limit: 1 });
    const id = open?.incident.id ?? 'none';
    const view = await app.nines.incident(id);
    expect(new Set(view?.deliveries.map(({ channel }) => channel))).toEqual(
      new Set(['slack-oncall', 'engineering-manager', 'executive', 'console']),
    );
    expect(view?.deliveries.some(({ error }) => error !== null)).toBe(true);
    expect(app.nines.probe('shop/checkout/health')?.last).toMatchObject({ outcome: 'fail', status: 500 });

    const authorization = `Bearer ${SECRETS.NINES_TOKEN}`;
    const leaks = leaksIn('log', heard.join(''));
    const paths = ['', 'slos', 'slos/shop/checkout/availability', 'probes', 'probes/shop/checkout/health', 'incidents'];
    for (const path of [
      ...paths.map((page) => `/${page}`),
      ...paths.slice(1).map((resource) => `/api/v1/${resource}`),
      `/incidents/${id}`,
      `/api/v1/incidents/${id}`,
      '/api/v1/channels',
      '/metrics',
      '/openapi.json',
      '/ready',
      '/health',
      '/login',
      '/none',
    ])
      for (const accept of ['text/html', 'application/json']) {
        const answer = await fetch(app.url + path, { headers: { authorization, accept } });
        const told = JSON.stringify([...answer.headers]);
        leaks.push(...leaksIn(`${path} ${answer.status}`, `${told}\n${await answer.text()}`));
      }
    await app.store.slots.flush();
    for (const file of readdirSync(data))
      if (file.includes('.db')) leaks.push(...leaksIn(file, readFileSync(join(data, file), 'latin1')));
    expect(leaks).toEqual([]);
    expect(readdirSync(data)).not.toContain('token');
  });
});
