import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, type App } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { DAY, HOUR, MINUTE, parseDuration, SECOND } from '../../src/duration.ts';
import type { Ids } from '../../src/ids.ts';
import { LAB } from '../../src/lab/known.ts';
import { createLab } from '../../src/lab/lab.ts';
import { createLog, silentLog } from '../../src/log.ts';
import { createInlineProber } from '../../src/probe/inline.ts';
import type { CheckResult } from '../../src/probe/probe.ts';
import { openMemoryStore } from '../../src/store/open.ts';
import type { Prober } from '../../src/probe/prober.ts';
import type { SliSlot, Store } from '../../src/store/store.ts';
import { POLICIES, SYSTEM } from './definitions.ts';
import { manualClock } from './manual-clock.ts';

type Health = 'passes' | 'fails' | 'is silent';
/** One check as a test wants it: a health, and what else the check saw. */
type Seen = { health?: Health } & Partial<Omit<CheckResult, 'probe' | 'at' | 'outcome' | 'facts'>>;
/** What the checks of a probe see; a function is asked for each, counted from 1. */
type Target = Health | Seen | ((check: number) => Health | Seen);
type SlackReply = { ts: string; at: number; text: string; blocks: unknown; broadcast: boolean };
type SlackMessage = SlackReply & { edits: number; thread: SlackReply[] };
type PagerDutyIncident = {
  dedup_key: string;
  status: string;
  routing_key: string;
  title: string;
  custom_details: unknown;
  links: unknown;
  created_at: number;
};

/** Counting instead of random: the same story gives the same ids. */
const countingIds = (): Ids => {
  let count = 0;
  return { next: () => `01TEST${String(++count).padStart(20, '0')}`, token: () => 'a-token-for-tests' };
};

const result = (probe: string, at: number, seen: Seen): CheckResult => {
  const { health = 'passes', ...facts } = seen;
  return {
    probe,
    at,
    durationMs: 20,
    outcome: health === 'passes' ? 'pass' : health === 'fails' ? 'fail' : 'unknown',
    reason: health === 'passes' ? 'ok' : health === 'fails' ? 'status' : 'paused',
    detail: health === 'passes' ? '' : 'status was 503, expected 2xx',
    status: health === 'passes' ? 200 : 503,
    phases: { processing: facts.durationMs ?? 20 },
    certificateExpiresAt: null,
    address: null,
    degraded: false,
    attempts: 1,
    readings: {},
    lateMs: 0,
    stalledMs: 0,
    suspect: false,
    ...facts,
  };
};

/** Three days of checks every 10 s that all passed, as the store keeps them. */
const goodPast = (sli: string, now: number): SliSlot[] => {
  const slots = (width: number, from: number, to: number): SliSlot[] =>
    Array.from({ length: Math.floor((to - from) / width) }, (_, index) => {
      const checks = width / (10 * SECOND);
      return { sli, start: from + index * width, width, good: checks, total: checks, covered: width };
    });
  const fine = now - 6 * HOUR;
  return [...slots(MINUTE, now - 3 * DAY, fine), ...slots(10 * SECOND, fine, now)];
};

export type Story = {
  app: App;
  /** Where its definitions lie. */
  folder: string;
  clock: ReturnType<typeof manualClock>;
  /** What the next checks of a probe will see. */
  target(probe: string, target: Target): void;
  /** Moves the clock, one tick a second unless told; everything that becomes due happens, deliveries settle. */
  advance(duration: string, tick?: string): Promise<void>;
  /** As `advance`, but no delivery is waited for: what hangs, hangs. */
  pass(duration: string, tick?: string): Promise<void>;
  fault(id: string, on: boolean): Promise<void>;
  slack(): Promise<{ roots: SlackMessage[]; broadcasts: SlackReply[]; replies: SlackReply[] }>;
  pagerduty(): Promise<PagerDutyIncident[]>;
  /** Errors that the log heard; a story that expects none ends with an empty list. */
  errors: string[];
  /** All that the log heard. */
  logged: readonly string[];
  /** What the console channel printed. */
  printed: readonly string[];
  /** Where the lab listens. */
  lab: string;
  metrics(): Promise<string>;
  /** A page as a browser gets it. */
  page(path: string): Promise<string>;
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export type Given = {
  files?: Readonly<Record<string, string>>;
  start?: number;
  /** SLOs with three good days behind them. */
  history?: readonly string[];
  /** Environment beside the lab's own; undefined takes one of those away. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Stands between the product and its store. */
  around?: (store: Store) => Store;
};

/** The whole product on a clock moved by hand, beside the lab's Slack and PagerDuty over real sockets. */
export const start = async (given: Given = {}): Promise<Story> => {
  const clock = manualClock(given.start);
  // As the real one: a wall clock that steps moves no check.
  const origin = clock.now();
  const steady = { now: () => origin + clock.monotonic() };
  const folder = mkdtempSync(join(tmpdir(), 'nines-story-'));
  const files = given.files ?? { 'shop.yaml': SYSTEM, 'policies.yaml': POLICIES };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const lab = await createLab({ host: '127.0.0.1', port: 0, clock, log: silentLog });
  const targets = new Map<string, { seen: (check: number) => Health | Seen; checks: number }>();
  const see = (probe: string): Seen => {
    const target = targets.get(probe);
    const seen = target ? target.seen(++target.checks) : 'passes';
    return typeof seen === 'string' ? { health: seen } : seen;
  };
  const errors: string[] = [];
  const logged: string[] = [];
  const printed: string[] = [];
  const hear = (line: string): void => {
    logged.push(line);
    if ((JSON.parse(line) as { level: string }).level === 'error') errors.push(line);
  };
  const log = createLog(hear, clock.now, 'debug');
  const ids = countingIds();
  const store: Store = await openMemoryStore();
  for (const sli of given.history ?? ['shop/checkout/availability'])
    await store.slots.replace(goodPast(sli, clock.now()));
  const config = {
    ...readConfig({
      SLACK_BOT_TOKEN: LAB.slackToken,
      NINES_SLACK_CHANNEL: LAB.slackChannels[0].id,
      PAGERDUTY_ROUTING_KEY: LAB.routingKeys.L3,
      PAGERDUTY_ROUTING_KEY_L4: LAB.routingKeys.L4,
      SLACK_API_URL: `${lab.url}/slack/api/`,
      PAGERDUTY_EVENTS_HOST: new URL(lab.url).host,
      ...given.env,
    }),
    port: 0,
    dataDir: join(folder, 'data'),
    configDir: folder,
  };
  const open = async (): Promise<{ app: App; prober: ReturnType<typeof createInlineProber> }> => {
    const prober = createInlineProber({
      clock: steady,
      probe: async (_target, { id }) => result(id, clock.now(), see(id)),
    });
    const onWall = (results: readonly CheckResult[]): CheckResult[] =>
      results.map((one) => ({ ...one, at: one.at + clock.now() - steady.now() }));
    const stepping: Prober = {
      ...prober,
      onResults: (listener) => prober.onResults((results) => listener(onWall(results))),
    };
    const kept: Store = { ...(given.around?.(store) ?? store), close: async () => {} };
    const print = (line: string): void => void printed.push(line);
    return {
      app: await createApp(config, { clock, ids, log, store: kept, prober: stepping, ticking: false, print }),
      prober,
    };
  };
  let running = await open();

  const pass = async (duration: string, tick = '1s', isSettling = false): Promise<void> => {
    const end = clock.now() + (parseDuration(duration) ?? 0);
    const step = parseDuration(tick) ?? SECOND;
    while (clock.now() < end) {
      clock.moveTo(Math.min(end, clock.now() + step));
      await running.prober.advanceTo(steady.now());
      await running.app.engine.tick();
      if (isSettling) await running.app.engine.settled();
      // Hours in one turn of the loop would look like an overload to the server beside us.
      await clock.turn();
    }
  };
  const advance = (duration: string, tick?: string): Promise<void> => pass(duration, tick, true);
  const labJson = async <T>(path: string, body?: unknown): Promise<T> => {
    const init = body
      ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      : {};
    const response = await fetch(lab.url + path, { ...init, headers: { accept: 'application/json', ...init.headers } });
    return (await response.json()) as T;
  };

  return {
    get app() {
      return running.app;
    },
    folder,
    clock,
    errors,
    logged,
    printed,
    lab: lab.url,
    metrics: async () => (await fetch(`${running.app.url}/metrics`)).text(),
    page: async (path) => (await fetch(running.app.url + path, { headers: { accept: 'text/html' } })).text(),
    target: (probe, target) =>
      void targets.set(probe, { seen: typeof target === 'function' ? target : () => target, checks: 0 }),
    advance,
    pass,
    fault: async (id, on) => void (await labJson(`/lab/faults/${id}`, { on })),
    async slack() {
      const { channels } = await labJson<{ channels: { messages: SlackMessage[] }[] }>('/lab/slack');
      const roots = channels.flatMap(({ messages }) => messages);
      const replies = roots.flatMap((root) => root.thread);
      return { roots, replies, broadcasts: replies.filter((reply) => reply.broadcast) };
    },
    async pagerduty() {
      return (await labJson<{ incidents: PagerDutyIncident[] }>('/lab/pagerduty')).incidents;
    },
    async restart() {
      await running.app.close();
      running = await open();
    },
    async stop() {
      await running.app.close();
      await lab.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
