import type { Level } from './policy.ts';

/** The doors through which people act. */
export type Door = 'page' | 'cli' | 'api' | 'slack' | 'pagerduty' | 'nines';
export type Actor = { name: string; door: Door };

/** What happened, in order, for people and for the audit. Stored with the incident, in the same commit. */
export type TimelineEntry = {
  /** Position in the incident's history, from 1 without gaps. */
  seq: number;
  at: number;
  kind:
    | 'opened'
    | 'alert-firing'
    | 'alert-clear'
    | 'alert-stale'
    | 'severity-raised'
    | 'recovery-observed'
    | 'level-reached'
    | 'page-repeated'
    | 'acknowledged'
    | 'acknowledge-timeout'
    | 'unacknowledged'
    | 'snoozed'
    | 'snooze-ended'
    | 'escalated'
    | 'undelivered'
    | 'note'
    | 'clearing'
    | 'fired-again'
    | 'flapping'
    | 'resolved'
    | 'reopened';
  /** One sentence, complete in itself: `L3 paged: nobody acknowledged within 10m`. */
  text: string;
  level: Level | null;
  by: Actor | null;
};
