import type { Severity } from '../alert/alert.ts';
import type { IncidentState, PageReason } from './incident.ts';
import type { Level } from './policy.ts';

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
  /** Most severe first, five at most; `moreAlerts` counts the rest. */
  alerts: readonly { title: string; detail: string; status: 'firing' | 'stale' | 'clear'; since: number }[];
  moreAlerts: number;
  /** Share of the error budget left (may be negative), of the worst SLO concerned; null when none is concerned. */
  budgetRemaining: number | null;
  acknowledgedBy: string | null;
  /** What happens if nobody acts: `L3 at 03:14 UTC: pages engineering-manager`. */
  next: string | null;
  runbook: string | null;
  /** Absolute URL of the incident page; null when NINES_PUBLIC_URL is not set. */
  url: string | null;
};
