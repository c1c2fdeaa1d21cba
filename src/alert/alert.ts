import { createHash } from 'node:crypto';
import type { TierName } from '../slo/burn-policy.ts';
import type { Words } from './judges.ts';

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What makes two alerts the same one, whoever judges it: these labels and nothing else (design 4.5). */
export type AlertIdentity = {
  system: string;
  environment: string;
  service: string;
  /** foreign: none of ours; its labels are all that Alertmanager sent. */
  kind: 'burn-rate' | 'condition' | 'absence' | 'foreign';
  /** Local id of the SLO, condition or probe: `availability`; of a foreign one its alertname. */
  subject: string;
  tier?: TierName;
  labels?: Readonly<Record<string, string>>;
};

/**
 * pending: true, but not yet for long enough. firing. stale: was firing and its data ended, so nobody knows.
 * clear: judged below the threshold, on data.
 */
export type AlertStatus = 'pending' | 'firing' | 'stale' | 'clear';

/** One alert as it stands. Plain data: it is stored, sent and shown. */
export type Alert = {
  /** SHA-256 (hex, 32 characters) of the canonical identity. */
  key: string;
  identity: AlertIdentity;
  severity: Severity;
  status: AlertStatus;
  /** Epoch ms of the last change of status. */
  since: number;
  /** `API availability burns its budget 14.4 times too fast` */
  title: string;
  /** One sentence with numbers: `32 of 360 checks failed in 1 h (burn rate 88.9, limit 14.4); 12 % of the budget is left` */
  detail: string;
  /** The judged value and its limit, in the unit of the kind (burn rate, the condition's unit, seconds of absence). */
  value: number | null;
  limit: number;
  /** Full id of the SLO it is about, where it is about one. */
  slo: string | null;
  runbook: string | null;
  /** What each judge says; absent where only the embedded evaluator has ever been heard. */
  judges?: Words;
};

/** A change of status that an incident may care about. `id` makes it idempotent. */
export type AlertTransition = { id: string; at: number; from: AlertStatus; alert: Alert };

/** What a judgement yields: every alert that is not clear or has just become so, and the changes of status. */
export type Judged = { alerts: readonly Alert[]; transitions: readonly AlertTransition[] };

export const NOTHING_JUDGED: Judged = { alerts: [], transitions: [] };

/** Sorted keys, so that the same identity is the same text; what is absent or empty is left out. */
const canonical = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value)
    .filter(([, inner]) => inner !== undefined && !(typeof inner === 'object' && Object.keys(inner).length === 0))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`);
  return `{${parts.join(',')}}`;
};

/** SHA-256 of the canonical JSON of the identity, the first 32 hex characters. */
export const alertKey = (identity: AlertIdentity): string =>
  createHash('sha256').update(canonical(identity)).digest('hex').slice(0, 32);

/** `availability` of `duru-notes/api/availability`. */
export const localId = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** Deterministic: the same change found twice is the same transition. */
export const transitionTo = (alert: Alert, from: AlertStatus, at: number): AlertTransition => ({
  id: `${alert.key}:${alert.status}:${alert.since}`,
  at,
  from,
  alert,
});
