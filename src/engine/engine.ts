import type { Clock } from '../clock.ts';
import type { Catalog, CatalogChannel, CatalogConnector, CatalogProbe } from '../definition/catalog.ts';
import { SECOND } from '../duration.ts';
import type { Ids } from '../ids.ts';
import type { ChannelTraits } from '../incident/notification.ts';
import type { Log } from '../log.ts';
import type { Channel } from '../notify/channel.ts';
import type { Target } from '../probe/probe.ts';
import type { Prober } from '../probe/prober.ts';
import type { Provider } from '../provider/provider.ts';
import type { Store } from '../store/store.ts';
import { createAdjustments } from './adjustments.ts';
import { createClockFollower } from './clock-follower.ts';
import { createCatalogHolder, type Loaded } from './catalog.ts';
import { budgetLeft, budgetsOf } from './budget-left.ts';
import { createBursts } from './bursts.ts';
import { createChannels } from './channels.ts';
import { createDependencies } from './dependencies.ts';
import { createExcuse } from './excuse.ts';
import { createFollower } from './follower.ts';
import { createIncidents } from './incidents.ts';
import { createIngest, HOME } from './ingest.ts';
import { createDeliver } from './jobs/deliver.ts';
import { createEvaluate } from './jobs/evaluate.ts';
import { createHousekeeping, type Housekeeping } from './jobs/housekeeping.ts';
import { closeLedger } from './jobs/ledger.ts';
import { createPull } from './jobs/pull.ts';
import { createStoreWatch } from './jobs/store-watch.ts';
import { createUndelivered } from './jobs/undelivered.ts';
import { createJudges } from './judges.ts';
import { createLeadership } from './leadership.ts';
import { createLocations } from './locations.ts';
import type { Change, Nines } from './nines.ts';
import type { Observer } from './observer.ts';
import { createOffline } from './offline.ts';
import { createPulled } from './pulled.ts';
import { createProbeStates } from './probe-states.ts';
import { createNines } from './read.ts';
import { createRepacing } from './repacing.ts';
import { createReplica } from './replica.ts';
import { scrape } from './scrape.ts';
import { createTick } from './tick.ts';
import { createTraces } from './traces.ts';
import { createWindows } from './windows.ts';

export type EngineParts = {
  clock: Clock;
  ids: Ids;
  log: Log;
  store: Store;
  prober: Prober;
  initial: Catalog;
  source: () => Promise<Loaded>;
  /** Revealed for the hand-over; null when there is nothing to check or it is not configured. */
  target: (probe: CatalogProbe) => Target | null;
  /** null when the channel is not configured. */
  channel: (channel: CatalogChannel) => Channel | null;
  /** null when the connector is not configured. */
  provider: (connector: CatalogConnector) => Provider | null;
  traits: Readonly<Record<CatalogChannel['kind'], ChannelTraits>>;
  observer: Observer;
  publicUrl: string | null;
  demo: Nines['demo'];
};

export type Engine = {
  nines: Nines;
  housekeeping: Housekeeping;
  /** Loads what is stored and hands the targets to the prober. */
  start(): Promise<void>;
  /** Does all that is due at `clock.now()`. Never overlaps itself, never rejects. */
  tick(): Promise<void>;
  /** Settles when no delivery is in flight. */
  settled(): Promise<void>;
  /** Hands what a scrape shows to the observer. */
  observe(): Promise<void>;
  stop(): Promise<void>;
};

export const createEngine = (parts: EngineParts): Engine => {
  const { clock, log, store, observer } = parts;
  const startedAt = clock.now();
  let listeningSince = startedAt;
  const windows = createWindows();
  const probeStates = createProbeStates();
  const counters = new Map<string, { events: number; bad: number }>();
  /** As they are stored: a counter is shown only once it is, so that it never falls after a crash. */
  const exported = new Map<string, { events: number; bad: number }>();
  const lastBeats = new Map<string, number>();
  const listeners = new Set<(change: Change) => void>();
  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change);
  };

  const traces = createTraces();
  const owner = parts.ids.next(startedAt);
  const leadership = createLeadership({ store, clock, owner });

  const current = (): Catalog => holder.current();
  const shared = { ...parts, windows, probeStates, catalog: current };
  const channels = createChannels({ clock, catalog: current, channel: parts.channel });
  const excuse = createExcuse(current);
  const offline = createOffline({ catalog: current, probeStates });
  const bursts = createBursts({ catalog: current, store });
  const dependencies = createDependencies({ catalog: current, probeStates, windows, planned: excuse.planned });
  const ingest = createIngest({
    store,
    windows,
    probeStates,
    counters,
    lastBeats,
    listeningSince: () => listeningSince,
    onResult: observer.result,
    excuse: (probe, result, at) => excuse(probe, at === HOME ? offline(probe, result) : result),
    intervalOf: bursts.intervalOf,
    now: clock.now,
    turn: clock.turn,
  });
  const pulled = createPulled({ ...ingest, store, windows, planned: excuse.planned });
  const pull = createPull({
    ...parts,
    windows,
    pulled,
    leads: () => replica.leads(),
  });
  const locations = createLocations({ clock, leads: () => replica.leads(), report: ingest.reported, tell });
  const repace = createRepacing({
    ...parts,
    catalog: current,
    bursts,
    locations,
    leads: leadership.isLeader,
    turn: clock.turn,
  });
  const use = async (catalog: Catalog): Promise<void> => {
    evaluate.keepOnly(catalog);
    probeStates.keepOnly(catalog.probes);
    channels.use(catalog);
    await ingest.use(catalog);
    pull.use(catalog);
    await adjustments.use();
    await repace();
    tick.judgeAll();
    tell({ topic: 'catalog' });
  };
  const holder = createCatalogHolder({
    initial: parts.initial,
    source: parts.source,
    onSwap: use,
    onReload: (outcome) => observer.reload(outcome, clock.now()),
    clock,
    log,
  });
  const traits = (id: string): ChannelTraits | undefined => {
    const channel = holder.current().channels.get(id);
    return channel && parts.traits[channel.kind];
  };
  const incidents = createIncidents({
    ...parts,
    catalog: holder.current,
    traits,
    budgetOf: (incident) => budgetLeft(incident, evaluate),
    onChange: (incident, change) => {
      observer.incident(change, () => store.incidents.timeline(incident.id));
      traces.changed(incident, observer.trace());
      tell({ topic: 'incidents', id: incident.id });
    },
    onResolved: (incident) => {
      if (!replica.leads()) return;
      ingest.incident(incident);
      if (incident.resolved?.by) judges.resolved(incident);
    },
    fence: leadership.fence,
  });
  const judges = createJudges({
    ...parts,
    incidents,
    fence: leadership.fence,
    silences: dependencies.silences,
    badStretch: windows.badStretch,
    listeningSince: () => listeningSince,
  });
  const adjustments = createAdjustments({
    ...shared,
    leads: () => replica.leads(),
    fence: leadership.fence,
    budgetOf: (slo) => budgetsOf(evaluate.status(slo)),
  });
  const evaluate = createEvaluate({
    ...shared,
    adjustments,
    judges,
    listeningSince: () => listeningSince,
    silences: dependencies.silences,
  });
  const deliver = createDeliver({
    ...parts,
    owner,
    channel: channels.get,
    incident: async (id) => (await incidents.find(id))?.incident ?? null,
    onDelivery: (row, outcome) => {
      observer.delivery(row, outcome);
      tell({ topic: 'incidents', id: row.incident });
    },
    span: observer.span,
    traceOf: traces.of,
  });
  const undelivered = createUndelivered({ store, incidents, traits, log });
  const housekeeping = createHousekeeping({
    ...parts,
    isLeader: () => replica.leads(),
    closeLedger: (now) =>
      closeLedger({ store, windows, catalog: current(), fence: leadership.fence(), adjustments }, now),
    retention: () => new Map([...holder.current().systems.values()].map(({ id, retentionMs }) => [id, retentionMs])),
  });

  let running: Promise<void> | null = null;
  let flushedAt = 0;

  const flush = async (now: number): Promise<void> => {
    // Apart in either direction: a wall clock that was set back must not hold up what is to be stored.
    if (Math.abs(now - flushedAt) < SECOND) return;
    flushedAt = now;
    const changed = new Map([...counters].filter(([slo, counter]) => exported.get(slo) !== counter));
    store.counters.write(changed);
    await store.slots.flush();
    for (const [slo, counter] of changed) exported.set(slo, counter);
  };

  const storeWatch = createStoreWatch({
    ...parts,
    fallbacks: channels.fallbacks,
    open: () => incidents.open().map(({ incident }) => incident),
    deadline: clock.timeoutSignal,
  });

  const followClock = createClockFollower({
    clock,
    log,
    lastBeats,
    setters: [probeStates, ingest, evaluate, judges],
    listenSince: (now) => void (listeningSince = now),
  });
  const follower = createFollower({ ...shared, evaluate, judges, adjustments, incidents });
  const replica = createReplica({
    ...shared,
    counters,
    exported,
    lastBeats,
    evaluate,
    judges,
    incidents,
    owner,
    leadership,
    follower,
    repace,
    use: () => use(current()),
    listenSince: (now) => {
      listeningSince = now;
      ingest.begin();
      pulled.begin();
    },
  });

  const tick = createTick({
    ...parts,
    catalog: current,
    follower,
    incidents,
    probeStates,
    ingest,
    evaluate,
    judges,
    deliver,
    pull,
    undelivered,
    storeWatch,
    bursts,
    traces,
    tell,
    followClock,
    flush,
    replica,
    repace,
  });

  const run = (): Promise<void> =>
    (running ??= tick
      .run()
      .catch((error: unknown) => log.error('A tick failed; the next one does its work.', { reason: error }))
      .finally(() => (running = null)));

  const nines = createNines({
    ...parts,
    holder,
    incidents,
    evaluate,
    judges,
    windows,
    probeStates,
    locations,
    pull,
    words: ingest.words,
    lastBeats,
    listeners,
    explaining: dependencies.explaining,
    replica: () => ({ owner, leads: replica.leads(), alone: !store.shared }),
    wake: () => void run(),
    channels: channels.check,
    ready: tick.ready,
  });

  return {
    nines,
    housekeeping,
    async start() {
      parts.prober.onResults((results) => {
        // Of a check that was on its way when the lead changed hands.
        if (!replica.leads()) return;
        void observer
          .span('probe', { 'nines.checks': String(results.length) }, async () => {
            traces.checked(observer.trace());
            ingest.results(results, HOME);
          })
          .catch((error: unknown) => log.error('Check results could not be counted.', { reason: error }));
        tell({ topic: 'probes' });
      });
      await replica.start(startedAt);
      observer.reload('success', startedAt);
      await use(parts.initial);
    },
    tick: run,
    settled: async () => {
      await running;
      await pull.settled();
      await deliver.settled();
    },
    observe: () => scrape({ clock, observer, nines, evaluate, exported, open: incidents.open }),
    async stop() {
      await parts.prober.stop();
      await pull.stop();
      await running;
      await deliver.settled();
      await housekeeping.stop();
      flushedAt = 0;
      if (replica.leads()) await flush(clock.now() + SECOND);
      await leadership.release();
    },
  };
};
