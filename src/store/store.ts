import type { Alert } from '../alert/alert.ts';
import type { Incident } from '../incident/incident.ts';
import type { Notification } from '../incident/notification.ts';
import type { TimelineEntry } from '../incident/timeline.ts';
import type { Slot, Sums } from '../slo/slot.ts';
import type { Backup } from './backup.ts';
import type { RetentionReport } from './retention.ts';
import type { Statement } from './sql.ts';
import type { Verified } from './sqlite-verify.ts';

export type { Backup, RetentionReport, Verified };
export type SliSlot = Slot & { sli: string };

/**
 * Where each width begins, and ends where the next begins: `hoursFrom` and `minutesFrom` are starts of hours, the others
 * of minutes. Before `settled` the minutes are used, from there to `until` every 10 s slot.
 */
export type RecallSpans = {
  hoursFrom: number;
  minutesFrom: number;
  /** 10 s slots that are bad are read from here on, those of a minute with a gap from `fineFrom`. */
  badFineFrom: number;
  fineFrom: number;
  settled: number;
  until: number;
};

/**
 * One SLI, each width oldest first. Of an hour before `minutesFrom`, `minutes` has the bad ones, and all that exist when
 * it is not covered whole or changed since it was rolled up; so has `fine` of a minute.
 */
export type Recalled = { sli: string; hours: Slot[]; minutes: Slot[]; fine: Slot[] };

/** Every hour of a `whole` day that `rows` does not name is the `usual` one. Other days have all their rows. */
export type RecalledHours = { usual: Sums; days: readonly { start: number; whole: boolean }[]; rows: readonly Slot[] };

/** A stored check result, as pages list them. */
export type StoredResult = {
  probe: string;
  at: number;
  durationMs: number;
  outcome: 'pass' | 'fail' | 'unknown';
  reason: string;
  detail: string;
  status: number | null;
  /** JSON of `Phases`. */
  phases: string;
  certificateExpiresAt: number | null;
  /** Where it ran: `main` without agents. */
  location: string;
  address: string | null;
  degraded: boolean;
  attempts: number;
  /** JSON of `Readings`. */
  readings: string;
  stalledMs: number;
};

export const OUTBOX_STATES = ['queued', 'sending', 'uncertain', 'sent', 'failed', 'superseded', 'dead'] as const;
export type OutboxState = (typeof OUTBOX_STATES)[number];

/** A notification with its delivery so far. */
export type OutboxRow = Notification & {
  id: number;
  state: OutboxState;
  attempts: number;
  nextAt: number;
  leaseOwner: string | null;
  leaseUntil: number | null;
  attemptedAt: number | null;
  sentAt: number | null;
  ref: string | null;
  /** Class and sentence of the last failure. */
  error: string | null;
  /** An attempt may have arrived twice. */
  possibleRepeat: boolean;
  createdAt: number;
  /** The incident's fallback channel was told that this one is undelivered. */
  fallbackTold: boolean;
};

export type Happening = {
  kind: string;
  id: string;
  system: string;
  service: string | null;
  at: number;
  text: string;
  url: string | null;
};

/** All that is kept. Reads are whole values; writes that belong together are statements in one `commit`. */
export type Store = {
  /** Other processes may have it open too. */
  shared: boolean;
  /** Durable when it settles (nines.db, synchronous FULL). */
  commit(statements: readonly Statement[]): Promise<void>;
  slots: {
    /** Adds to what is stored (probes). Buffered, flushed once a second. */
    add(slots: readonly SliSlot[]): void;
    /** Replaces what is stored (pulls, history). Settles when written. */
    replace(slots: readonly SliSlot[]): Promise<void>;
    /** Slots of one width in [from, to), oldest first. */
    read(sli: string, width: number, from: number, to: number): Promise<Slot[]>;
    /** All SLIs at once. */
    readAll(width: number, from: number, to: number): Promise<SliSlot[]>;
    /**
     * The newest days of all SLIs by exception, some SLIs at a time: all that differs from an even spread of a coarser
     * slot over its time, with every bad event and every gap.
     */
    recall(spans: RecallSpans): AsyncIterable<readonly Recalled[]>;
    /** First instant with data, per SLI. */
    firsts(): Promise<Map<string, number>>;
    /** 10 s → 1 m → 1 h → 1 d for all spans that closed before `now` and changed since; idempotent. */
    rollUp(now: number): Promise<void>;
    flush(): Promise<void>;
  };
  /** Cumulative sums of settled slots for the monotonic counters: never falling, restart-proof. */
  counters: {
    read(): Promise<Map<string, { events: number; bad: number }>>;
    write(counters: ReadonlyMap<string, { events: number; bad: number }>): void;
  };
  results: {
    /** Buffered like slots. */
    add(results: readonly StoredResult[]): void;
    latest(probe: string, limit: number): Promise<StoredResult[]>;
    /** The newest result of every probe. */
    newest(): Promise<StoredResult[]>;
  };
  /** What agents report: they repeat what they got no answer for. */
  reports: {
    /** Those that are stored already, as `at probe`. */
    known(location: string, results: readonly { probe: string; at: number }[]): Promise<readonly string[]>;
    /** Results and the slots they make, all or nothing. Stored when it settles. */
    add(results: readonly StoredResult[], slots: readonly SliSlot[]): Promise<void>;
  };
  beats: {
    saving(probe: string, at: number): Statement[];
    all(): Promise<Map<string, number>>;
  };
  alerts: {
    saving(alerts: readonly Alert[], now: number): Statement[];
    removing(keys: readonly string[]): Statement[];
    all(): Promise<Alert[]>;
  };
  incidents: {
    /** `revision` null = insert (refused while the group has an open one); else update guarded by it. */
    saving(incident: Incident, revision: number | null): Statement[];
    appending(incident: string, entries: readonly TimelineEntry[]): Statement[];
    byId(id: string): Promise<{ incident: Incident; revision: number } | undefined>;
    /** Not resolved. */
    open(): Promise<{ incident: Incident; revision: number }[]>;
    /** Newest first by opening; `state` filters. */
    list(filter: {
      state?: 'open' | 'resolved';
      from?: number;
      limit: number;
    }): Promise<{ incident: Incident; revision: number }[]>;
    /** The newest incident of a group, open or not: for reopening. */
    newestOf(group: string): Promise<{ incident: Incident; revision: number } | undefined>;
    timeline(incident: string): Promise<TimelineEntry[]>;
  };
  outbox: {
    /** Inserts; a key that exists is left as it is. A queued `update` of the same lane is superseded by a newer one. */
    adding(notifications: readonly Notification[], now: number): Statement[];
    /**
     * Leases at most `limit` due rows to `owner` until `until`, highest priority first, at most one per lane and none
     * whose lane has an earlier row that is not finished. Rows whose lease ran out come back as `uncertain`.
     */
    claim(owner: string, now: number, until: number, limit: number): Promise<OutboxRow[]>;
    /** Writes the result of an attempt, guarded by the lease. */
    settling(
      row: OutboxRow,
      result: {
        state: OutboxState;
        nextAt?: number;
        ref?: string | null;
        error?: string | null;
        possibleRepeat?: boolean;
      },
      now: number,
    ): Statement[];
    /** The root message of an incident in a channel: where the newest root or update stands. */
    rootOf(incident: string, channel: string): Promise<string | null>;
    ofIncident(incident: string): Promise<OutboxRow[]>;
    /** Pages not delivered `ms` after they were due, whose fallback has not been told. */
    undelivered(now: number, ms: number): Promise<OutboxRow[]>;
    tellingFallback(ids: readonly number[]): Statement[];
    counts(): Promise<{ state: OutboxState; channel: string; count: number; oldest: number }[]>;
    /**
     * Gives back every lease of a process that is gone: its rows are uncertain at once. Nothing where replicas share the
     * database: there a lease runs out.
     */
    reclaiming(): Statement[];
  };
  happenings: {
    saving(happening: Happening): Statement[];
    read(system: string | null, from: number, to: number): Promise<Happening[]>;
  };
  audit: {
    /** Every change of state by a person or by policy: who, through which door, what, to what. */
    appending(entry: {
      at: number;
      actor: string;
      door: string;
      verb: string;
      object: string;
      detail: string;
    }): Statement[];
    newest(
      limit: number,
    ): Promise<{ at: number; actor: string; door: string; verb: string; object: string; detail: string }[]>;
  };
  /** Closed periods of every SLO: the books. One row per SLO and closed hour. */
  ledger: {
    saving(
      rows: readonly { slo: string; start: number; good: number; total: number; covered: number; revision: number }[],
    ): Statement[];
    read(slo: string, from: number, to: number): Promise<Slot[]>;
    slos(): Promise<string[]>;
    /** One SLO's rows in [from, to) by exception: `exactFrom`, a start of a day, is where the exact ones begin. */
    recall(slo: string, from: number, exactFrom: number, to: number): Promise<RecalledHours>;
  };
  leases: {
    /**
     * True when `owner` holds `name` until `until` from now on. A lease that ends at `lapsed` is free whatever the
     * clock says: it was seen not to be renewed.
     */
    acquire(name: string, owner: string, now: number, until: number, lapsed?: number | null): Promise<boolean>;
    /** When the lease ends, by the clock of its owner; null when nobody ever had it, or it was given back. */
    until(name: string): Promise<number | null>;
    release(name: string, owner: string): Promise<void>;
    /** In a commit: undoes it (`commit_conflict`) unless `owner` holds the lease, and holds it until that is stored. */
    holding(name: string, owner: string): Statement;
  };
  /**
   * Call it on becoming leader, before anything is read for the engine's memory: believes the database again (names,
   * batch number) and puts `fence` at the head of every later commit of series and counters, so that a deposed leader's
   * are undone. null where there is nobody else; a store of one process ignores it. Before it, a replica of a shared database writes no series.
   */
  takeOver(fence: Statement | null): Promise<void>;
  /** Small values with a name: last runs of housekeeping, the demo's mark. */
  facts: { get(name: string): Promise<string | null>; setting(name: string, value: string): Statement[] };
  /**
   * Deletes what has been kept long enough, in small commits: `systems` maps each system to its retention in ms (rows
   * of no such system follow the longest). Also keeps and returns the report.
   */
  retain(now: number, systems: ReadonlyMap<string, number>): Promise<RetentionReport>;
  /** The report of the last run; null before the first. */
  retention(): Promise<RetentionReport | null>;
  /**
   * One archive with everything that was acknowledged before, made beside all other work. Throws `conflict` while
   * another is being made, `data_full`.
   */
  backup(now: number): Promise<Backup>;
  /** Looks through a copy of everything, in a thread of its own. Throws like `backup`. */
  verify(): Promise<Verified>;
  info(): Promise<{
    bytes: number;
    schemaVersion: number;
    writable: boolean;
    lastError: string | null;
    /** Damaged files that were put aside when Nines started and still lie there. */
    setAside: readonly string[];
  }>;
  close(): Promise<void>;
};
