import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { LAB } from '../../src/lab/known.ts';
import { createLab } from '../../src/lab/lab.ts';
import { silentLog } from '../../src/log.ts';
import { freePort } from '../probe/real-server.ts';

/** The ladder in seconds: a failing probe pages within a second or two, so that a whole story takes fifteen. */
const SYSTEM = `apiVersion: nines/v1
kind: System
id: shop
name: Shop
services:
  - id: checkout
    name: Checkout
    tier: 0
    policy: quick
    probes:
      - { id: health, kind: http, url: '\${env:SHOP_URL}/health', every: 1s, timeout: 900ms, failureThreshold: 2, recoveryThreshold: 2 }
    conditions:
      - { id: down, name: Checkout down, source: { kind: probe, probe: health, metric: failing }, comparison: '>=', threshold: 1, for: 1s, severity: critical }
`;
const LADDER = `{ level: 2, after: 1s, channels: [oncall] }, { level: 3, after: 5s, channels: [manager] }`;
const POLICIES = `apiVersion: nines/v1
kind: Policies
channels:
  - { id: oncall, kind: slack, channel: ${LAB.slackChannels[0].id} }
  - { id: manager, kind: pagerduty }
policies:
  - id: quick
    name: Quick
    hold: 2s
    critical: { levels: [${LADDER}], repeat: 10m }
    warning: { levels: [{ level: 2, after: 1s, channels: [oncall] }] }
`;

export type Told = {
  roots: number;
  broadcasts: number;
  pagerduty: { triggered: number; resolved: number };
  incidents: { state: string }[];
  /** `nines_deliveries_possible_duplicates_total` as far as the living server counted them. */
  counted: number;
};

export const json = async <T>(url: string, body?: unknown): Promise<T> => {
  const init = body
    ? { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    : {};
  return (await (await fetch(url, init)).json()) as T;
};

export const until = async (what: string, ready: () => Promise<boolean>, deadlineMs = 40_000): Promise<void> => {
  const end = performance.now() + deadlineMs;
  while (!(await ready().catch(() => false))) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await systemClock.sleep(50);
  }
};

/** A folder, the lab, and servers on both; `env` is added to what a server needs. */
export const stage = async (env: Readonly<Record<string, string>> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-kill-'));
  writeFileSync(join(folder, 'shop.yaml'), SYSTEM);
  writeFileSync(join(folder, 'policies.yaml'), POLICIES);
  const lab = await createLab({ host: '127.0.0.1', port: 0, clock: systemClock, log: silentLog });
  const all = {
    ...process.env,
    SHOP_URL: `${lab.url}/duru`,
    SLACK_BOT_TOKEN: LAB.slackToken,
    SLACK_API_URL: `${lab.url}/slack/api/`,
    PAGERDUTY_ROUTING_KEY: LAB.routingKeys.L3,
    PAGERDUTY_EVENTS_HOST: new URL(lab.url).host,
    ...env,
  };
  const serve = (port: number, data = 'data'): ChildProcess =>
    spawn(
      process.execPath,
      ['bin/nines.js', 'serve', '--config', folder, '--data', join(folder, data), '--port', String(port)],
      { env: all, stdio: 'ignore' },
    );
  const pagerduty = async (): Promise<{ status: string }[]> =>
    (await json<{ incidents: { status: string }[] }>(`${lab.url}/lab/pagerduty`)).incidents;
  return {
    serve,
    pagerduty,
    break: (on: boolean) => json(`${lab.url}/lab/faults/duru-api-down`, { on }),
    slack: async (): Promise<{ roots: number; broadcasts: number }> => {
      const { channels } = await json<{ channels: { messages: { thread?: { broadcast: boolean }[] }[] }[] }>(
        `${lab.url}/lab/slack`,
      );
      const roots = channels.flatMap(({ messages }) => messages).filter(({ thread }) => thread !== undefined);
      const broadcasts = roots.flatMap(({ thread }) => thread ?? []).filter(({ broadcast }) => broadcast);
      return { roots: roots.length, broadcasts: broadcasts.length };
    },
    strike: async () => {
      await lab.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/**
 * Duru's API breaks, Slack and PagerDuty are told, it recovers, both are closed. With `killAfterMs`, the server is killed
 * with -9 that long after the API broke, and started again at once.
 */
export const tellStory = async (killAfterMs: number | null): Promise<Told> => {
  const { serve, pagerduty, slack, strike, ...set } = await stage();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const incidents = async (): Promise<{ state: string }[]> =>
    (await json<{ incidents: { state: string }[] }>(`${url}/api/v1/incidents?limit=50`)).incidents;
  let server = serve(port);
  try {
    await until(
      'the server is ready',
      async () => (await json<{ probes: { state: string }[] }>(`${url}/api/v1/probes`)).probes[0]?.state === 'up',
    );
    await set.break(true);
    if (killAfterMs !== null) {
      await systemClock.sleep(killAfterMs);
      server.kill('SIGKILL');
      server = serve(port);
    }
    await until('PagerDuty is told', async () => (await pagerduty()).length > 0);
    await set.break(false);
    await until('the incident is resolved', async () => (await incidents()).every(({ state }) => state === 'resolved'));
    await until('PagerDuty is closed', async () => (await pagerduty()).every(({ status }) => status === 'resolved'));
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const counts = [...metrics.matchAll(/^nines_deliveries_possible_duplicates_total\{[^}]*\} (\d+)/gm)].map((match) =>
      Number(match[1]),
    );
    const opened = await pagerduty();
    return {
      ...(await slack()),
      pagerduty: { triggered: opened.length, resolved: opened.filter(({ status }) => status === 'resolved').length },
      incidents: (await incidents()).map(({ state }) => ({ state })),
      counted: counts.reduce((sum, count) => sum + count, 0),
    };
  } finally {
    server.kill('SIGKILL');
    await strike();
  }
};
