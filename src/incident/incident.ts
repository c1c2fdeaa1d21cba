import type { Alert, Severity } from '../alert/alert.ts';
import type { Words } from '../alert/judges.ts';
import type { Level } from './policy.ts';
import type { Actor, TimelineEntry } from './timeline.ts';

export const INCIDENT_STATES = ['recovering', 'triggered', 'acknowledged', 'snoozed', 'clearing', 'resolved'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** An alert as the incident remembers it. */
export type IncidentAlert = {
  key: string;
  title: string;
  detail: string;
  severity: Severity;
  status: 'firing' | 'stale' | 'clear';
  since: number;
  slo: string | null;
  runbook: string | null;
  /** End of its last bad slot; absent until it is clear. */
  badTo?: number;
  /** What each judge says, for whoever looks: the incident does not keep it. */
  judges?: Words;
};

/**
 * What a channel has been told: `cycle` counts its pages of this episode; `dedupKey` is the key that is open there
 * (`nines/<incident>/<episode>/<channel>/<cycle>`), null once its resolve is due.
 */
export type Reached = { episode: number; cycle: number; dedupKey: string | null };

/**
 * What people work on. Plain data, stored whole with a version; changed only by `apply` (reducer.ts).
 * Times are epoch ms.
 */
export type Incident = {
  v: 1;
  id: string;
  /** What is folded into one incident: `duru-notes|production|api`. At most one open incident per group. */
  group: string;
  system: string;
  environment: string;
  service: string;
  /** 0 = business critical; only tier 0, or a person, lets the ladder reach L4. */
  serviceTier: number;
  policy: string;
  severity: 'critical' | 'warning';
  title: string;
  state: IncidentState;
  /** How far it has climbed in this episode; null before the first step. */
  level: Level | null;
  /** Counts the pages at the present level (0 before the first): severity growth, acknowledge timeout and repeats begin a new cycle. */
  cycle: number;
  /** 1, then one more each time it fires again within the reopen window. */
  episode: number;
  openedAt: number;
  episodeAt: number;
  /** When this state or level began. */
  changedAt: number;
  /** When the next timer of this state runs out (next step, hold, snooze …); null only when resolved. */
  nextAt: number | null;
  /** What to return to when a cleared alert fires again: the state and the rest of its timer. */
  resume: { state: 'recovering' | 'triggered' | 'acknowledged' | 'snoozed'; remainingMs: number } | null;
  /** Clearing by the proof of fresh samples, while alerts have not reset yet. */
  proved?: true;
  alerts: Record<string, IncidentAlert>;
  acknowledged: { by: Actor; at: number } | null;
  snoozedUntil: number | null;
  resolved: { by: Actor | null; at: number } | null;
  /** A person said that the business is at stake: L4 is allowed. */
  executive: boolean;
  /** Times at which everything became clear or fired again, of the last hour: flapping is judged from them. */
  flips: number[];
  flapping: boolean;
  /** The incident clock: first bad slot of the episode to the end of its last bad slot. */
  badFrom: number;
  badTo: number | null;
  /** Every channel that was paged, by id. */
  reached: Record<string, Reached>;
  /** Ids of events already applied (the newest 200): replays change nothing. */
  applied: string[];
  /** The page (episode, level and cycle) of which the fallback channel was told last; absent before the first. */
  fallback?: string;
  /** How many timeline entries exist. */
  entries: number;
};

/** The alerts that keep it open. Stale ones do: absence is no recovery. */
export const burning = (incident: Pick<Incident, 'alerts'>): IncidentAlert[] =>
  Object.values(incident.alerts).filter(({ status }) => status !== 'clear');

/** What a reducer hears. `id` is unique per event; a replay changes nothing. */
export type IncidentEvent =
  | { id: string; at: number; type: 'alert'; alert: Alert; badAt?: number }
  | { id: string; at: number; type: 'tick' }
  /** What fresh samples say of everything that burns: enough good ones in a row since the episode began, or not. */
  | { id: string; at: number; type: 'samples'; recovered: boolean }
  | { id: string; at: number; type: 'undelivered'; channel: string; reason: string; climb: boolean }
  | { id: string; at: number; type: 'acknowledge'; by: Actor; episode?: number }
  | { id: string; at: number; type: 'unacknowledge'; by: Actor }
  | { id: string; at: number; type: 'resolve'; by: Actor; episode?: number }
  | { id: string; at: number; type: 'snooze'; by: Actor; untilMs: number }
  | { id: string; at: number; type: 'escalate'; by: Actor; executive?: boolean }
  | { id: string; at: number; type: 'note'; by: Actor; text: string };

/**
 * What has to reach people because of an event, in order. Channel kinds turn it into notifications (notification.ts).
 * `page` must buzz; `changed` updates what is already shown; the rest mirror a state into channels that keep one.
 * `text` is the sentence that people read; `quiet` = only what is already shown changes, without a line of its own.
 */
export type Notice =
  | { kind: 'page'; level: Level; cycle: number; channels: readonly string[]; reason: PageReason; text: string }
  | { kind: 'changed'; text: string; quiet?: true }
  | { kind: 'acknowledged'; by: Actor; text: string }
  | { kind: 'unacknowledged'; reason: string; text: string }
  | { kind: 'resolved'; by: Actor | null; text: string };

export type PageReason =
  | 'first'
  | 'no-acknowledgement'
  | 'repeat'
  | 'acknowledge-timeout'
  | 'severity-raised'
  | 'reopened'
  | 'snooze-ended'
  | 'escalated'
  | 'undelivered';

/** The answer of the reducer: the next incident, what to write into its history, whom to tell. */
export type Change = { incident: Incident; entries: readonly TimelineEntry[]; notices: readonly Notice[] };

/** A verb that cannot be done now, as an expected outcome: `Ann acknowledged this 12 s ago`. */
export type Refusal = {
  refused: 'already-acknowledged' | 'already-resolved' | 'other-episode' | 'top-level' | 'too-long';
  message: string;
};
