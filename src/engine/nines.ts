import type { Alert } from '../alert/alert.ts';
import type { Catalog, CatalogProbe, Problem } from '../definition/catalog.ts';
import type { Incident } from '../incident/incident.ts';
import type { Actor, TimelineEntry } from '../incident/timeline.ts';
import type { CheckResult } from '../probe/probe.ts';
import type { Word } from '../probe/quorum.ts';
import type { SloStatus } from '../slo/status.ts';
import type { Happening, OutboxRow, StoredResult } from '../store/store.ts';
import type { Hello, Joined, LocationStatus, Refusal, Reported } from './locations.ts';

/** up and down count after the probe's thresholds; `no-data` until the first check. */
export type ProbeStatus = {
  probe: CatalogProbe;
  state: 'up' | 'down' | 'no-data' | 'stale' | 'not-configured';
  /** Epoch ms of the last change between up and down. */
  since: number | null;
  last: StoredResult | null;
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
  probes(): readonly ProbeStatus[];
  probe(id: string): ProbeStatus | undefined;
  results(probe: string, limit: number): Promise<readonly StoredResult[]>;
  /** Where checks run besides Nines itself. */
  locations(): readonly LocationStatus[];
  /** What each location of a probe says now; empty for a probe that names none. */
  words(probe: string): readonly Word[];
  alerts(): readonly Alert[];
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
    happening(happening: Omit<Happening, 'id' | 'at'> & { id?: string; at?: number }): Promise<Happening>;
    /** An agent asks for what it is to check; answered when that changed, or after a while. `gone`: nobody waits. */
    joined(location: string, hello: Hello, gone: AbortSignal): Promise<Joined | Refusal>;
    /** Results of an agent. Stored when it settles; one that is repeated counts once. */
    reported(location: string, results: readonly CheckResult[]): Promise<Reported>;
    /** Reads the files again. */
    reload(): Promise<readonly Problem[]>;
  };
  subscribe(listener: (change: Change) => void): () => void;
  /** Started, store writable, first tick done. */
  ready(): { ready: boolean; reason: string | null };
  /** The demo says what is not real: waits in seconds, where the lab is. */
  demo: { note: string; labUrl: string } | null;
};
