import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from './clock.ts';
import type { Config } from './config.ts';
import { problemText, type Catalog } from './definition/catalog.ts';
import { revealChannel, revealConnector, revealTarget } from './definition/resolve.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import { createObserver, refreshForScrape } from './engine/observer.ts';
import type { Nines } from './engine/nines.ts';
import { NinesError } from './errors.ts';
import { loadAside } from './files/load-aside.ts';
import { loadFolder } from './files/load.ts';
import { createLookup } from './files/read.ts';
import { watchDefinitions } from './files/watch.ts';
import { loadModules } from './http/blackbox/config.ts';
import { createServer } from './http/server.ts';
import { randomIds, type Ids } from './ids.ts';
import { createLog, type Log } from './log.ts';
import { createProberSeries } from './metrics/prober-series.ts';
import { createRegistry, type NinesRegistry } from './metrics/registry.ts';
import { createSeries, type Series } from './metrics/series.ts';
import { freeTracer } from './metrics/tracer.ts';
import type { Telemetry } from './metrics/telemetry.ts';
import { createChannel, traits, type ChannelParts } from './notify/index.ts';
import { intern } from './probe/interning.ts';
import { LATENESS_BOUNDS_MS } from './probe/lateness.ts';
import type { Prober, ProberStats } from './probe/prober.ts';
import { createThreadProber } from './probe/threads.ts';
import { createProvider } from './provider/index.ts';
import type { RequestOutcome } from './provider/provider.ts';
import { Secret } from './secret.ts';
import type { Indicator } from './slo/indicator.ts';
import type { SliSlot, Store } from './store/store.ts';
import { openStore } from './store/open.ts';

export type HistoryOf = (
  slis: readonly { id: string; kind: Indicator['kind']; objectivePpm: number; intervalMs: number }[],
  now: number,
) => Iterable<SliSlot>;

/** What a caller may give instead of the real thing: tests give a clock, a prober, a store; the demo its history. */
export type AppParts = {
  clock?: Clock;
  ids?: Ids;
  log?: Log;
  store?: Store;
  prober?: Prober;
  telemetry?: Telemetry;
  /** Changes every catalog before it comes into force. */
  adapt?: (catalog: Catalog) => Catalog;
  demo?: Nines['demo'];
  history?: HistoryOf;
  /** Where the console channel prints. */
  print?: (line: string) => void;
  /** False: nobody ticks but the caller. */
  ticking?: boolean;
};

export type App = { url: string; nines: Nines; engine: Engine; store: Store; close(): Promise<void> };

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const TICK = 1_000;

/** A token of our own, readable only by our user, for a machine where none was set. */
const ownToken = (dataDir: string, name: string, ids: Ids): Secret => {
  const file = join(dataDir, name);
  try {
    return new Secret(readFileSync(file, 'utf8').trim());
  } catch {
    const token = ids.token();
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    return new Secret(token);
  }
};

/** Reading so many probes again would hold up the main loop; a thread costs more than it saves for fewer. */
const MANY_PROBES = 500;

const textOf = (file: string | null): { file: string; text: string } | null => {
  if (file === null) return null;
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new NinesError('config_invalid', `NINES_BLACKBOX_CONFIG names ${file}, which cannot be read.`, {
      cause: error,
    });
  }
};

const sourceOf = (config: Config, adapt: (catalog: Catalog) => Catalog) => {
  let probes = 0;
  return async () => {
    const { configDir: dir, profile, env } = config;
    const loaded = await (probes > MANY_PROBES ? loadAside({ dir, profile, env }) : loadFolder(dir, config));
    probes = Math.max(probes, loaded.catalog?.probes.size ?? 0);
    return loaded.catalog ? { ...loaded, catalog: adapt(loaded.catalog) } : loaded;
  };
};

const importHistory = async (store: Store, catalog: Catalog, historyOf: HistoryOf, now: number): Promise<void> => {
  const slis = [...catalog.slos.values()]
    // A composite has the past of its parts.
    .filter((slo) => slo.notConfigured === null && slo.indicator.kind !== 'composite')
    .map((slo) => {
      const probe = 'probes' in slo.indicator ? catalog.probes.get(slo.indicator.probes[0] ?? '') : undefined;
      return {
        id: slo.id,
        kind: slo.indicator.kind,
        objectivePpm: slo.objective,
        intervalMs: slo.indicator.kind === 'time-slice' ? slo.indicator.sliceMs : (probe?.intervalMs ?? 10_000),
      };
    });
  await store.slots.replace([...historyOf(slis, now)]);
  await store.commit(store.facts.setting('demo-history', String(now)));
};

/** Prometheus text in pieces: our own counters, the series of SLOs and probes, OpenTelemetry's where it is on. */
const metricsTextOf = (
  engine: Engine,
  registry: NinesRegistry,
  series: Series,
  telemetry: Telemetry | null,
  prober: Prober,
  store: Store,
  clock: Clock,
) => {
  const own = createProberSeries(series, LATENESS_BOUNDS_MS);
  let before: ProberStats | null = null;
  return async function* (): AsyncGenerator<string> {
    const stats = await prober.stats();
    const previous = before;
    before = stats;
    await refreshForScrape(registry, store, stats, previous, clock.now());
    own.update(stats);
    await engine.observe();
    yield await registry.text();
    yield* series.write();
    if (telemetry) yield await telemetry.text();
  };
};

/** THE composition root: every adapter is made here, and nowhere else. */
export const createApp = async (config: Config, parts: AppParts = {}): Promise<App> => {
  const clock = parts.clock ?? systemClock;
  const ids = parts.ids ?? randomIds;
  const log = parts.log ?? createLog((line) => process.stderr.write(line), clock.now);
  // Behind a proxy every visitor comes from loopback: a public address needs a login as much as a public port.
  const isPublic = config.publicUrl !== null && !LOOPBACK.has(new URL(config.publicUrl).hostname);
  const loginRequired = config.token !== null || isPublic || !LOOPBACK.has(config.host);
  if (!LOOPBACK.has(config.host) && config.token === null)
    throw new NinesError(
      'address_needs_token',
      `Listening on ${config.host} needs NINES_TOKEN; without one Nines listens on 127.0.0.1 only.`,
    );

  const adapt = parts.adapt ?? ((catalog: Catalog) => catalog);
  const source = sourceOf(config, adapt);
  const first = await source();
  if (!first.catalog)
    throw new NinesError(
      'definition_invalid',
      `The definitions have mistakes:\n${first.problems.map(problemText).join('\n')}`,
    );
  for (const warning of first.catalog.warnings) log.warn(problemText(warning));

  mkdirSync(config.dataDir, { recursive: true });
  const store =
    parts.store ?? (await openStore({ dir: config.dataDir, databaseUrl: config.databaseUrl?.reveal() ?? null, log }));
  // Once per data folder: made-up history must not come twice, nor replace what was measured.
  const isFresh = (await store.facts.get('demo-history')) === null;
  if (parts.history && isFresh && !store.shared) await importHistory(store, first.catalog, parts.history, clock.now());
  const prober = parts.prober ?? createThreadProber({ log });
  const registry = createRegistry({ version: config.version, node: process.versions.node });
  const series = createSeries();
  const observer = createObserver(registry, series, parts.telemetry?.tracer ?? freeTracer);
  const lookup = createLookup(config.env);
  const channelParts: ChannelParts = {
    slackApiUrl: config.slack.apiUrl,
    pagerdutyEventsHost: config.pagerduty.eventsHost,
    write: parts.print ?? ((line) => void process.stdout.write(line)),
    wait: (ms, signal) => clock.sleep(ms, signal),
  };
  const engine = createEngine({
    clock,
    ids,
    log,
    store,
    prober,
    initial: first.catalog,
    source,
    target: (probe) => {
      const target = revealTarget(probe, lookup);
      return target && intern(target);
    },
    channel: (channel) => {
      const revealed = revealChannel(channel, lookup);
      return revealed && createChannel(revealed, channelParts);
    },
    provider: (connector) => {
      const revealed = revealConnector(connector, lookup);
      const onRequest = (outcome: RequestOutcome): void => observer.request(connector.id, outcome);
      return revealed && createProvider(revealed, { now: clock.now, version: config.version, onRequest });
    },
    traits,
    observer,
    publicUrl: config.publicUrl ?? `http://${config.host}:${config.port}`,
    demo: parts.demo ?? null,
  });
  await engine.start();

  const { modules, problems } = loadModules(textOf(config.blackboxConfig), {
    allow: ['private'],
    read: (path) => lookup(`file:${path}`),
  });
  for (const problem of problems) log.warn(problemText(problem));

  const server = await createServer({
    blackbox: {
      modules,
      check: (target) => prober.check(target),
      now: clock.now,
      onUnknownModule: () => registry.blackboxModuleUnknown.inc(),
    },
    nines: engine.nines,
    config,
    log,
    runbooksDir: join(config.configDir, 'runbooks'),
    metricsText: metricsTextOf(engine, registry, series, parts.telemetry ?? null, prober, store, clock),
    tokens: {
      people: config.token ?? ownToken(config.dataDir, 'token', ids),
      ingest: config.ingestToken ?? ownToken(config.dataDir, 'ingest-token', ids),
    },
    loginRequired,
    ...(parts.demo ? { labUrl: parts.demo.labUrl } : {}),
    randomToken: ids.token,
  });
  const url = await server.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new NinesError(
        'port_in_use',
        `Port ${config.port} of ${config.host} is in use; choose another with --port or NINES_PORT.`,
      );
    throw error;
  });
  const pidFile = join(config.dataDir, 'nines.pid');
  writeFileSync(pidFile, `${process.pid}\n`);

  const stopping = new AbortController();
  const watcher = watchDefinitions(config.configDir, () => void engine.nines.verbs.reload());
  const loop = (async (): Promise<void> => {
    if (parts.ticking === false) return;
    await engine.housekeeping.start();
    while (!stopping.signal.aborted) {
      await engine.tick();
      await clock.sleep(TICK, stopping.signal);
    }
  })();

  return {
    url,
    nines: engine.nines,
    engine,
    store,
    async close() {
      log.info('Stopping.');
      stopping.abort();
      watcher.close();
      await server.close();
      await loop;
      await engine.stop();
      await store.close();
      rmSync(pidFile, { force: true });
    },
  };
};
