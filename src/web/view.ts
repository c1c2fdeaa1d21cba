import type { Alert } from '../alert/alert.ts';
import type { CatalogProbe, Problem } from '../definition/catalog.ts';
import type { Incident } from '../incident/incident.ts';
import type { NotificationKind } from '../incident/notification.ts';
import type { Policy } from '../incident/policy.ts';
import type { TimelineEntry } from '../incident/timeline.ts';
import type { SloStatus } from '../slo/status.ts';

/** What every page is told besides its own subject. Times are epoch ms. */
export type Frame = {
  now: number;
  /** Path and query of this page. */
  path: string;
  version: string;
  assets: { css: string; js: string };
  /** What forms carry; null where nobody may act (no session). */
  csrf: string | null;
  /** The name that acting will be recorded under. */
  you: string;
  /** Signed in with a token, so there is a way out. */
  signedIn: boolean;
  /** Null where nobody knows, or where the caller may not. */
  openIncidents: number | null;
  demo: { note: string } | null;
  problems: { since: number; problems: readonly Problem[] } | null;
  /** Channels of the ladders that nobody can be reached through. */
  unreachable: readonly { channel: string; because: string }[];
  /** Damaged files that were put aside at a start; history is missing until somebody restores it. */
  setAside: readonly string[];
};

export type IncidentLine = { incident: Incident; next: { at: number; text: string } | null };

/** One message to one channel, as far as it got. */
export type DeliveryView = {
  channel: string;
  kind: NotificationKind;
  level: number | null;
  state: 'queued' | 'sending' | 'uncertain' | 'sent' | 'failed' | 'superseded' | 'dead';
  attempts: number;
  createdAt: number;
  sentAt: number | null;
  nextAt: number;
  error: string | null;
  possibleRepeat: boolean;
};

export type IncidentView = IncidentLine & {
  timeline: readonly TimelineEntry[];
  deliveries: readonly DeliveryView[];
  policy: Policy | null;
  /** What just could not be done, and why. */
  refused: string | null;
};

export type ResultView = {
  at: number;
  durationMs: number;
  outcome: 'pass' | 'fail' | 'unknown';
  reason: string;
  detail: string;
  status: number | null;
  /** Milliseconds by phase, in the order they happened. */
  phases: Readonly<Record<string, number>>;
  certificateExpiresAt: number | null;
  /** Where it ran. */
  location: string;
};

/** What a location says of a probe now. */
export type WordView = { location: string } & ({ outcome: 'silent' } | { outcome: 'pass' | 'fail'; detail: string });

/** A place besides Nines itself; `offsetMs` is the clock of Nines less that of its agent. */
export type LocationView = {
  name: string;
  state: 'joined' | 'silent' | 'never';
  lastSeenAt: number | null;
  probes: number;
  offsetMs: number | null;
  backlog: number;
  dropped: number;
};

export const PROBE_STATES = ['down', 'degraded', 'stale', 'no-data', 'maintenance', 'not-configured', 'up'] as const;
export type ProbeState = (typeof PROBE_STATES)[number];

export type ProbeView = {
  probe: CatalogProbe;
  state: ProbeState;
  since: number | null;
  /** The probe whose outage explains this one's. */
  explainedBy: string | null;
  last: ResultView | null;
};

/** Some probes, and how many there are in each state. */
export type ProbesView = { shown: readonly ProbeView[]; counts: ReadonlyMap<ProbeState, number> };

export type NowView = {
  incidents: readonly IncidentLine[];
  slos: readonly SloStatus[];
  /** How many there are in each state. */
  probes: ReadonlyMap<ProbeState, number>;
  /** What fires and opens no incident: alerts of severity info. */
  infos: readonly Alert[];
  /** What fires and is told to nobody, because something else explains it. */
  silenced: readonly { alert: Alert; because: string; since: number }[];
};

/** A mark on a chart: an incident or a happening. */
export type Mark = {
  at: number;
  until: number | null;
  kind: 'incident' | 'happening';
  text: string;
  href: string | null;
};

export type SloView = {
  status: SloStatus;
  points: readonly { at: number; remaining: number | null }[];
  marks: readonly Mark[];
  /** Who counts for us, and how reading from there goes; null where Nines measures itself. */
  source: {
    connector: string;
    lastAnswerAt: number | null;
    readUntil: number | null;
    error: { text: string; since: number } | null;
  } | null;
};
