import type { Severity } from '../alert/alert.ts';
import { nextStep } from './escalation.ts';
import type { Incident, IncidentState, PageReason } from './incident.ts';
import type { Level, Policy } from './policy.ts';
import { utc } from './words.ts';

/**
 * What a notification says, built by the pure core; a channel only lays it out. Texts are plain (no markup):
 * each channel escapes them. Times are epoch ms.
 */
export type Message = {
  incident: string;
  episode: number;
  /** Number of the incident's revision that this shows. */
  revision: number;
  state: IncidentState;
  severity: Severity;
  level: Level | null;
  cycle: number;
  /** `duru-notes/api: API availability burns its budget 88.9 times too fast` */
  title: string;
  /** What the page or note itself says: `L3: nobody acknowledged within 10m`. */
  text: string;
  reason: PageReason | null;
  system: string;
  environment: string;
  service: string;
  openedAt: number;
  /** Burning first, then the most severe; five at most; `moreAlerts` counts the rest. */
  alerts: readonly { title: string; detail: string; status: 'firing' | 'stale' | 'clear'; since: number }[];
  moreAlerts: number;
  /** Share of the error budget left (may be negative), of the worst SLO concerned; null when none is concerned. */
  budgetRemaining: number | null;
  acknowledgedBy: string | null;
  /** What happens if nobody acts: `03:14 UTC: L3 pages engineering-manager`. */
  next: string | null;
  runbook: string | null;
  /** Absolute URL of the incident page; null when NINES_PUBLIC_URL is not set. */
  url: string | null;
};

/** Alerts that a message names; the rest are counted. */
const NAMED_ALERTS = 5;
const BY_SEVERITY = { critical: 0, warning: 1, info: 2 } as const;
const BY_STATUS = { firing: 0, stale: 1, clear: 2 } as const;

/** What a message says beside the incident itself. `revision` is the incident's after the change. */
export type Telling = {
  text: string;
  reason: PageReason | null;
  /** Of the page that this is; without it, those of the incident. */
  level?: Level;
  cycle?: number;
  policy: Policy;
  revision: number;
  publicUrl: string | null;
  budgetRemaining: number | null;
};

const nextText = (incident: Incident, policy: Policy): string | null => {
  const step = nextStep(incident, policy);
  return step && `${utc(step.at)}: ${step.text}`;
};

/** What a tired engineer has to know: what is wrong, how badly, since when, who has it, what happens next. */
export const messageOf = (incident: Incident, telling: Telling): Message => {
  const { text, reason, level, cycle, policy, revision, publicUrl, budgetRemaining } = telling;
  const alerts = Object.values(incident.alerts).toSorted(
    (a, b) =>
      BY_STATUS[a.status] - BY_STATUS[b.status] ||
      BY_SEVERITY[a.severity] - BY_SEVERITY[b.severity] ||
      a.since - b.since,
  );
  return {
    incident: incident.id,
    episode: incident.episode,
    revision,
    state: incident.state,
    severity: incident.severity,
    level: level ?? incident.level,
    cycle: cycle ?? incident.cycle,
    title: incident.title,
    text,
    reason,
    system: incident.system,
    environment: incident.environment,
    service: incident.service,
    openedAt: incident.openedAt,
    alerts: alerts.slice(0, NAMED_ALERTS).map(({ title, detail, status, since }) => ({ title, detail, status, since })),
    moreAlerts: Math.max(0, alerts.length - NAMED_ALERTS),
    budgetRemaining,
    acknowledgedBy: incident.acknowledged?.by.name ?? null,
    next: nextText(incident, policy),
    runbook: alerts.find(({ runbook }) => runbook !== null)?.runbook ?? null,
    url: publicUrl === null ? null : `${publicUrl}/incidents/${incident.id}`,
  };
};
