import type { Alert } from '../../src/alert/alert.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { Message } from '../../src/incident/message.ts';
import type { Notification } from '../../src/incident/notification.ts';
import type { TimelineEntry } from '../../src/incident/timeline.ts';
import type { SliSlot, StoredResult } from '../../src/store/store.ts';

/** A Tuesday, 00:00 UTC: the start of a slot of every width. */
export const START = Date.UTC(2026, 5, 2);

export const alert = (changes: Partial<Alert> = {}): Alert => ({
  key: 'a'.repeat(32),
  identity: { system: 'shop', environment: 'production', service: 'api', kind: 'burn-rate', subject: 'availability' },
  severity: 'critical',
  status: 'firing',
  since: START,
  title: 'API availability burns its budget 14.4 times too fast',
  detail: '32 of 360 checks failed in 1 h',
  value: 88.9,
  limit: 14.4,
  slo: 'shop/api/availability',
  runbook: null,
  ...changes,
});

export const incident = (changes: Partial<Incident> = {}): Incident => ({
  v: 1,
  id: '01JINCIDENT',
  group: 'shop|production|api',
  system: 'shop',
  environment: 'production',
  service: 'api',
  serviceTier: 0,
  policy: 'default',
  severity: 'critical',
  title: 'shop/api burns',
  state: 'triggered',
  level: 2,
  cycle: 1,
  episode: 1,
  openedAt: START,
  episodeAt: START,
  changedAt: START,
  nextAt: START + 600_000,
  resume: null,
  alerts: {},
  acknowledged: null,
  snoozedUntil: null,
  resolved: null,
  executive: false,
  flips: [],
  flapping: false,
  badFrom: START,
  badTo: null,
  applied: ['e1'],
  entries: 1,
  reached: {},
  ...changes,
});

export const entry = (seq: number, text = 'opened'): TimelineEntry => ({
  seq,
  at: START + seq,
  kind: 'opened',
  text,
  level: null,
  by: { name: 'Ann', door: 'cli' },
});

const message: Message = {
  incident: '01JINCIDENT',
  episode: 1,
  revision: 1,
  state: 'triggered',
  severity: 'critical',
  level: 2,
  cycle: 1,
  title: 'shop/api burns',
  text: 'L2: paged',
  reason: 'first',
  system: 'shop',
  environment: 'production',
  service: 'api',
  openedAt: START,
  alerts: [],
  moreAlerts: 0,
  budgetRemaining: 0.4,
  acknowledgedBy: null,
  next: null,
  runbook: null,
  url: null,
};

export const notification = (key: string, changes: Partial<Notification> = {}): Notification => ({
  key,
  incident: '01JINCIDENT',
  episode: 1,
  channel: 'slack',
  kind: 'page',
  lane: 'slack:01JINCIDENT',
  priority: 2,
  dedupKey: null,
  message,
  dueAt: START,
  ...changes,
});

export const slot = (start: number, width: number, changes: Partial<SliSlot> = {}): SliSlot => ({
  sli: 'shop/api/availability',
  start,
  width,
  good: 1,
  total: 1,
  covered: width,
  ...changes,
});

export const result = (at: number, changes: Partial<StoredResult> = {}): StoredResult => ({
  probe: 'shop/api/health',
  at,
  durationMs: 12.5,
  outcome: 'pass',
  reason: 'ok',
  detail: '',
  status: 200,
  phases: '{"connect":1}',
  certificateExpiresAt: null,
  location: 'main',
  address: null,
  degraded: false,
  attempts: 1,
  readings: '{}',
  stalledMs: 0,
  ...changes,
});
