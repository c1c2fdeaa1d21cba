import type { Alert } from '../alert/alert.ts';
import type { Catalog, CatalogProbe, Problem } from '../definition/catalog.ts';
import type { Incident } from '../incident/incident.ts';
import type { Actor, TimelineEntry } from '../incident/timeline.ts';
import type { CheckResult } from '../probe/probe.ts';
import type { Word } from '../probe/quorum.ts';
import type { SloStatus } from '../slo/status.ts';
import type { Backup, Happening, OutboxRow, Store, StoredResult, Verified } from '../store/store.ts';
import type { Batch, HeardCounts } from './verbs/hear.ts';
import type { ConnectorStatus, SourceStatus } from './connector-status.ts';
import type { Hello, Joined, LocationStatus, Refusal, Reported } from './locations.ts';

/** up and down count after the probe's thresholds; `no-data` until the first check. */
export type ProbeStatus = {
  probe: CatalogProbe;
  state: 'up' | 'degraded' | 'down' | 'maintenance' | 'no-data' | 'stale' | 'not-configured';
  /** Whole id of the probe whose outage explains this one's: its alerts are not told. */
  explainedBy: string | null;
  /** Epoch ms of the last change between up and down. */
  since: number | null;
  last: StoredResult | null;
};

/** `after` is the id behind which to begin; `states` null = all of them. */
export type ProbeFilter = {
  states?: readonly ProbeStatus['state'][] | null;
  after?: string | null;
  limit: number;
};

/** `counts` are of all probes; `next` is the `after` that goes on, null at the end. */
export type ProbeList = {
  probes: readonly ProbeStatus[];
  counts: ReadonlyMap<ProbeStatus['state'], number>;
  next: string | null;
};

export type IncidentView = { incident: Incident; revision: number; next: NextStep | null };

/** What happens, and when, if nobody acts. */
export type NextStep = { at: number; text: string };

/** One point of the burn-down: share of the budget left at `at`. */
export type BurnDownPoint = { at: number; remaining: number | null };

export type VerbResult =
  | { ok: true; view: IncidentView }
  | { ok: false; code: 'not_found' | 'conflict'; message: string };

/** What changed, for server-sent events. */
export type Change = { topic: 'slos' | 'probes' | 'incidents' | 'catalog'; id?: string };

/** The running product as its doors see it (pages, API, metrics, command line). Times are epoch ms. */
export type Nines = {
  now(): number;
  catalog(): Catalog;
  /** The faulty file that is being ignored, if one is: the running catalog is older than the files. */
  catalogProblems(): { since: number; problems: readonly Problem[] } | null;
  slos(): readonly SloStatus[];
  slo(id: string): SloStatus | undefined;
  burnDown(id: string, points: number): Promise<readonly BurnDownPoint[]>;
  /** In the order of the catalog. */
  probes(filter: ProbeFilter): Promise<ProbeList>;
  probe(id: string): ProbeStatus | undefined;
  results(probe: string, limit: number): Promise<readonly StoredResult[]>;
  /** Where others count for us. */
  connectors(): readonly ConnectorStatus[];
  /** How the source of an SLO stands; null for those that Nines measures itself. */
  source(slo: string): SourceStatus | null;
  /** Where checks run besides Nines itself. */
  locations(): readonly LocationStatus[];
  /** What each location of a probe says now; empty for a probe that names none. */
  words(probe: string): readonly Word[];
  /** Not clear, as all their judges together see them. */
  alerts(): readonly Alert[];
  /** Alerts that fire and are not told, with the reason. */
  silenced(): readonly { alert: Alert; because: string; since: number }[];
  incidents(filter: { state?: 'open' | 'resolved'; limit: number }): Promise<readonly IncidentView[]>;
  incident(
    id: string,
  ): Promise<(IncidentView & { timeline: readonly TimelineEntry[]; deliveries: readonly OutboxRow[] }) | undefined>;
  /** Asks every configured channel whether it is reachable and allowed; pages nobody. */
  channels(): Promise<readonly { id: string; ok: boolean; text: string }[]>;
  happenings(system: string | null, from: number, to: number): Promise<readonly Happening[]>;
  verbs: {
    acknowledge(incident: string, by: Actor, episode?: number): Promise<VerbResult>;
    unacknowledge(incident: string, by: Actor): Promise<VerbResult>;
    resolve(incident: string, by: Actor, episode?: number): Promise<VerbResult>;
    snooze(incident: string, by: Actor, forMs: number): Promise<VerbResult>;
    escalate(incident: string, by: Actor, executive: boolean): Promise<VerbResult>;
    note(incident: string, by: Actor, text: string): Promise<VerbResult>;
    /** False when no such heartbeat exists. Durable when it settles. */
    beat(probe: string): Promise<boolean>;
    /** Alerts of another judge, called `alertmanager:https://…`. Durable when it settles; `server_busy` where another replica leads. */
    hear(batch: Batch): Promise<HeardCounts>;
    happening(happening: Omit<Happening, 'id' | 'at'> & { id?: string; at?: number }): Promise<Happening>;
    /** An agent asks for what it is to check; answered when that changed, or after a while. `gone`: nobody waits. */
    joined(location: string, hello: Hello, gone: AbortSignal): Promise<Joined | Refusal>;
    /** Results of an agent. Stored when it settles; one that is repeated counts once. */
    reported(location: string, results: readonly CheckResult[]): Promise<Reported>;
    /** One archive of everything that is kept; who asked for it stands in the audit, and in the archive. */
    backup(by: Actor): Promise<Backup>;
    /** Reads the files again. */
    reload(): Promise<readonly Problem[]>;
  };
  /** Looks through a copy of everything that is stored: every page, and what must hold between rows. */
  verify(): Promise<Verified>;
  /** What retention deleted at its last run, and the oldest that is left; null before the first run. */
  retention(): ReturnType<Store['retention']>;
  /** The state of the store, with damaged files that were put aside and still lie there. */
  store(): ReturnType<Store['info']>;
  subscribe(listener: (change: Change) => void): () => void;
  /** This process among those that share the database; `alone` = nobody else can. */
  replica(): { owner: string; leads: boolean; alone: boolean };
  /** Started, store writable, first tick done. */
  ready(): { ready: boolean; reason: string | null };
  /** The demo says what is not real: waits in seconds, where the lab is. */
  demo: { note: string; labUrl: string } | null;
};
