import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { parseDuration, SECOND } from '../../src/duration.ts';
import { LAB } from '../../src/lab/known.ts';
import { createLab } from '../../src/lab/lab.ts';
import { createLog, silentLog } from '../../src/log.ts';
import { unknownResult } from '../../src/probe/check.ts';
import { createInlineProber } from '../../src/probe/inline.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { manualClock } from '../harness/manual-clock.ts';
import { createPostgres, isMissing, type PostgresServer } from './postgres-server.ts';

type Replica = { app: App; checks: number; log: string[]; runs: boolean };

describe.skipIf(isMissing)('two replicas on one PostgreSQL', () => {
  let server: PostgresServer;
  let schemas = 0;
  beforeAll(async () => void (server = await createPostgres()));
  afterAll(() => server.remove());

  const folder = mkdtempSync(join(tmpdir(), 'nines-replicas-'));
  writeFileSync(join(folder, 'shop.yaml'), SYSTEM);
  writeFileSync(join(folder, 'policies.yaml'), POLICIES);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const began = async () => {
    const clock = manualClock();
    const lab = await createLab({ host: '127.0.0.1', port: 0, clock, log: silentLog });
    const target = { passes: true };
    const url = server.url({ schema: `story_${++schemas}` });
    await server.admin(`CREATE SCHEMA story_${schemas}`);
    const open = async (name: string): Promise<Replica> => {
      const config = {
        ...readConfig({
          DATABASE_URL: url,
          SLACK_BOT_TOKEN: LAB.slackToken,
          NINES_SLACK_CHANNEL: LAB.slackChannels[0].id,
          PAGERDUTY_ROUTING_KEY: LAB.routingKeys.L3,
          PAGERDUTY_ROUTING_KEY_L4: LAB.routingKeys.L4,
          SLACK_API_URL: `${lab.url}/slack/api/`,
          PAGERDUTY_EVENTS_HOST: new URL(lab.url).host,
        }),
        port: 0,
        dataDir: join(folder, `${schemas}-${name}`),
        configDir: folder,
      };
      const replica: Replica = { app: null as unknown as App, checks: 0, log: [], runs: true };
      const prober = createInlineProber({
        clock,
        probe: async (_, { id }) => {
          replica.checks++;
          const outcome = target.passes ? 'pass' : 'fail';
          return { ...unknownResult(id, clock.now(), target.passes ? 'ok' : 'status', ''), outcome };
        },
      });
      const log = createLog((line) => void replica.log.push(line), clock.now);
      replica.app = await createApp(config, { clock, log, prober, ticking: false, print: () => undefined });
      const tick = replica.app.engine.tick;
      replica.app.engine.tick = async () => {
        await prober.advanceTo(clock.now());
        await tick();
      };
      return replica;
    };
    const replicas = { a: await open('a'), b: await open('b') };
    const advance = async (duration: string): Promise<void> => {
      const end = clock.now() + (parseDuration(duration) ?? 0);
      while (clock.now() < end) {
        clock.moveTo(clock.now() + SECOND);
        const running = Object.values(replicas).filter(({ runs }) => runs);
        await Promise.all(running.map(({ app }) => app.engine.tick()));
        await Promise.all(running.map(({ app }) => app.engine.settled()));
        await clock.turn();
      }
    };
    const slack = async () => {
      const answer = await fetch(`${lab.url}/lab/slack`, { headers: { accept: 'application/json' } });
      const { channels } = (await answer.json()) as {
        channels: { messages: { thread: { broadcast: boolean }[] }[] }[];
      };
      const roots = channels.flatMap(({ messages }) => messages);
      return {
        roots: roots.length,
        broadcasts: roots.flatMap(({ thread }) => thread).filter((one) => one.broadcast).length,
      };
    };
    const open1 = async (app: App) => (await app.nines.incidents({ state: 'open', limit: 5 }))[0]?.incident;
    const close = async (): Promise<void> => {
      for (const { app } of Object.values(replicas)) await app.close();
      await lab.close();
    };
    return { clock, target, replicas, advance, slack, incident: open1, close };
  };
  let story: Awaited<ReturnType<typeof began>>;
  afterEach(() => story.close());

  it('one probes and judges, both show the same, and who acknowledges on the other one stops the ladder', async () => {
    story = await began();
    const { a, b } = story.replicas;
    await story.advance('1m');
    expect([a.app.nines.replica().leads, b.app.nines.replica().leads]).toEqual([true, false]);
    expect([a.checks, b.checks]).toEqual([6, 0]);
    story.target.passes = false;
    await story.advance('3m');
    const seen = await story.incident(b.app);
    expect(seen).toMatchObject({ state: 'triggered', level: 2, service: 'checkout' });
    expect(b.app.nines.probe('shop/checkout/health')?.state).toBe('down');
    expect(b.app.nines.slo('shop/checkout/availability')?.budget.bad).toBeGreaterThan(10);
    expect(b.app.nines.alerts().map(({ status }) => status)).toContain('firing');
    expect(await story.slack()).toEqual({ roots: 1, broadcasts: 1 });
    const taken = await b.app.nines.verbs.acknowledge(seen?.id ?? '', { name: 'Kim', door: 'page' });
    expect(taken.ok).toBe(true);
    await story.advance('12m');
    // L3 was due after ten minutes; nobody needs it any more.
    expect(await story.incident(a.app)).toMatchObject({ state: 'acknowledged', level: 2 });
    expect(b.checks).toBe(0);
  });

  it('the leader dies: the other one takes over within half a minute, and the incident climbs on without a second root', async () => {
    story = await began();
    const { a, b } = story.replicas;
    story.target.passes = false;
    await story.advance('4m');
    expect(await story.slack()).toEqual({ roots: 1, broadcasts: 1 });
    a.runs = false;
    await story.advance('30s');
    expect(b.app.nines.replica().leads).toBe(true);
    expect(b.checks).toBeGreaterThan(0);
    await story.advance('8m');
    expect(await story.incident(b.app)).toMatchObject({ level: 3 });
    expect((await story.slack()).roots).toBe(1);
    // The one that was taken for dead wakes up: it hears that it does not lead any more, and writes nothing before that.
    a.runs = true;
    await story.advance('10s');
    expect(a.app.nines.replica().leads).toBe(false);
    const { checks } = a;
    await story.advance('1m');
    expect(a.checks).toBe(checks);
    expect((await story.slack()).roots).toBe(1);
    story.target.passes = true;
    await story.advance('15m');
    expect(await story.incident(a.app)).toBeUndefined();
    expect((await story.slack()).roots).toBe(1);
  });

  it('a leader that stops lets the other one lead at once', async () => {
    story = await began();
    const { a, b } = story.replicas;
    await story.advance('20s');
    a.runs = false;
    await a.app.close();
    a.app.close = async () => {};
    await story.advance('6s');
    expect(b.app.nines.replica().leads).toBe(true);
  });

  it('the database restarts: both go on, nothing is told twice', async () => {
    story = await began();
    story.target.passes = false;
    await story.advance('1m');
    await server.stop('SIGQUIT');
    await story.advance('10s');
    expect(story.replicas.a.app.nines.ready().ready).toBe(false);
    await server.start();
    await story.advance('4m');
    expect(story.replicas.a.app.nines.ready()).toEqual({ ready: true, reason: null });
    expect(story.replicas.b.app.nines.ready()).toEqual({ ready: true, reason: null });
    expect(await story.slack()).toEqual({ roots: 1, broadcasts: 1 });
  });
});
