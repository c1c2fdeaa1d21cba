import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { HOUR, parseDuration, SECOND } from '../../src/duration.ts';
import { NinesError } from '../../src/errors.ts';
import { LAB } from '../../src/lab/known.ts';
import { createLab } from '../../src/lab/lab.ts';
import { createLog, silentLog } from '../../src/log.ts';
import { unknownResult } from '../../src/probe/probe.ts';
import { createInlineProber } from '../../src/probe/inline.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
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
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  type Given = { system?: string; start?: number; around?: (store: Store, name: string) => Store };
  const began = async ({ system = SYSTEM, start, around = (store) => store }: Given = {}) => {
    const clock = manualClock(start);
    const lab = await createLab({ host: '127.0.0.1', port: 0, clock, log: silentLog });
    const target = { passes: true };
    const configDir = mkdtempSync(join(folder, 'slo-'));
    writeFileSync(join(configDir, 'shop.yaml'), system);
    writeFileSync(join(configDir, 'policies.yaml'), POLICIES);
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
        configDir,
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
      const store = around(await openStore({ dir: '', databaseUrl: url, log }), name);
      replica.app = await createApp(config, { clock, log, prober, store, ticking: false, print: () => undefined });
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

  it('both call a probe down for as long: one pass of many that are asked for is no recovery', async () => {
    story = await began({
      system: SYSTEM.replace('        timeout: 5s', '        timeout: 5s\n        recoveryThreshold: 20'),
    });
    const { a, b } = story.replicas;
    story.target.passes = false;
    await story.advance('1m');
    story.target.passes = true;
    await story.advance('1m');
    const states = [a, b].map(({ app }) => app.nines.probe('shop/checkout/health')?.state);
    expect(states).toEqual(['down', 'down']);
  });

  it('taking the lead fails at first: it is tried again, and nobody leads without probing', async () => {
    let attempts = 0;
    story = await began({
      around: (store, name) => ({
        ...store,
        takeOver: async (fence) => {
          if (name === 'b' && ++attempts === 1) throw new NinesError('store_unavailable', 'The database was away.');
          return store.takeOver(fence);
        },
      }),
    });
    const { a, b } = story.replicas;
    await story.advance('10s');
    a.runs = false;
    await story.advance('40s');
    expect(attempts).toBe(2);
    expect(b.app.nines.replica().leads).toBe(true);
    expect(b.checks).toBeGreaterThan(0);
  });

  it('who leads a second time judges conditions by what is stored, not by what it knew in its first term', async () => {
    const condition = `    conditions:
      - { id: failing, name: Checkout fails, source: { kind: probe, probe: health, metric: failing }, comparison: '>=', threshold: 1, for: 1m, severity: critical }
`;
    story = await began({ system: SYSTEM.replace('    slos:', `${condition}    slos:`).replace('99.9', '10') });
    const { a, b } = story.replicas;
    await story.advance('30s');
    a.runs = false;
    await story.advance('20s');
    story.target.passes = false;
    await story.advance('2m');
    expect(await story.incident(b.app)).toMatchObject({ title: expect.stringContaining('Checkout fails') as string });
    b.runs = false;
    a.runs = true;
    story.target.passes = true;
    await story.advance('15m');
    expect(a.app.nines.replica().leads).toBe(true);
    expect(await story.incident(a.app)).toBeUndefined();
  });

  const BACKUP = `      - { id: backup, kind: heartbeat, every: 1h, grace: 5m }
    slos:
      - { id: backups, name: Backups, objective: 99, window: 30d, indicator: { kind: freshness, probe: backup, maxAge: 1h } }`;

  it('time that another one led is counted once', async () => {
    story = await began({ system: SYSTEM.replace('    slos:', BACKUP) });
    const { a, b } = story.replicas;
    await story.advance('5s');
    await a.app.nines.verbs.beat('shop/checkout/backup');
    await story.advance('30s');
    a.runs = false;
    await story.advance('2m');
    b.runs = false;
    a.runs = true;
    await story.advance('40s');
    expect(a.app.nines.replica().leads).toBe(true);
    const slots = await a.app.store.slots.read('shop/checkout/backups', 10 * SECOND, 0, story.clock.now());
    expect(slots.length).toBeGreaterThan(10);
    expect(slots.filter(({ total }) => total !== 1)).toEqual([]);
  });

  it('a heartbeat that a replica with a fast clock took is missed in time all the same', async () => {
    story = await began({
      system: SYSTEM.replace('    slos:', BACKUP.replace('every: 1h, grace: 5m', 'every: 1m, grace: 30s')),
    });
    const { a, b } = story.replicas;
    await story.advance('5s');
    const inAnHour = story.clock.now() + HOUR;
    await b.app.store.commit(b.app.store.beats.saving('shop/checkout/backup', inAnHour));
    await story.advance('1m');
    expect(a.app.nines.probe('shop/checkout/backup')?.state).toBe('up');
    await story.advance('4m');
    expect(a.app.nines.probe('shop/checkout/backup')?.state).toBe('down');
    for (let minute = 0; minute < 3; minute++) {
      await b.app.nines.verbs.beat('shop/checkout/backup');
      await story.advance('1m');
    }
    expect(a.app.nines.probe('shop/checkout/backup')?.state).toBe('up');
  });

  const RECOVERY = `    slos:
      - { id: recovery, name: Recovery, objective: 50, window: 30d, indicator: { kind: incident-clock, within: 1m } }`;

  it('an incident that is resolved through another replica counts for the recovery objective, once', async () => {
    story = await began({ system: SYSTEM.replace('    slos:', RECOVERY) });
    const { a, b } = story.replicas;
    story.target.passes = false;
    await story.advance('4m');
    const { id = '' } = (await story.incident(b.app)) ?? {};
    expect((await b.app.nines.verbs.resolve(id, { name: 'Kim', door: 'page' })).ok).toBe(true);
    await story.advance('10s');
    const counted = await a.app.store.counters.read();
    expect(counted.get('shop/checkout/recovery')).toEqual({ events: 1, bad: 1 });
  });

  it('who lost the lead shows what was stored, not what it saw when it was cut off', async () => {
    let cut = false;
    story = await began({
      around: (store, name) => {
        const away = async (): Promise<never> => {
          throw new NinesError('store_unavailable', 'The network is cut.');
        };
        const { leases, slots } = store;
        return {
          ...store,
          leases: { ...leases, acquire: (...args) => (cut && name === 'a' ? away() : leases.acquire(...args)) },
          slots: { ...slots, flush: () => (cut && name === 'a' ? away() : slots.flush()) },
          commit: (statements) => (cut && name === 'a' ? away() : store.commit(statements)),
        };
      },
    });
    const { a, b } = story.replicas;
    await story.advance('30s');
    cut = true;
    await story.advance('30s');
    expect([a.app.nines.replica().leads, b.app.nines.replica().leads]).toEqual([true, true]);
    await story.advance('1m');
    cut = false;
    await story.advance('1m');
    expect([a.app.nines.replica().leads, b.app.nines.replica().leads]).toEqual([false, true]);
    const now = story.clock.now();
    const stored = (
      await b.app.store.slots.read('shop/checkout/availability', 10 * SECOND, 0, now - 40 * SECOND)
    ).reduce((sum, { total }) => sum + total, 0);
    const shown = a.app.nines.slo('shop/checkout/availability')?.budget.total ?? 0;
    expect(Math.abs(shown - stored)).toBeLessThan(3);
  });

  it('the books are written by the leader alone: one that was deposed closes no hour any more', async () => {
    story = await began({ start: Date.UTC(2026, 10, 18, 3, 58, 0) });
    const { a, b } = story.replicas;
    await story.advance('50s');
    a.runs = false;
    await story.advance('2m');
    const hour = Date.UTC(2026, 10, 18, 3);
    const books = () => b.app.store.ledger.read('shop/checkout/availability', hour, hour + 1);
    await b.app.engine.housekeeping.run('ledger', story.clock.now());
    const before = await books();
    expect(before).toHaveLength(1);
    expect(a.app.nines.replica().leads).toBe(true);
    await a.app.engine.housekeeping.run('ledger', story.clock.now());
    expect(await books()).toEqual(before);
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
