import { HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import type { IncidentView } from '../../src/engine/nines.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { TimelineEntry } from '../../src/incident/timeline.ts';
import type { OutboxRow } from '../../src/store/store.ts';
import { alert, NOW } from './duru.ts';

export const OPENED = NOW - 12 * MINUTE;
export const INCIDENT = '01JD3C5F0K8Q2V7N4M6T9WXYZA';

export const incident = (change: Partial<Incident> = {}): Incident => ({
  v: 1,
  reached: {},
  id: INCIDENT,
  group: 'duru-notes|production|api',
  system: 'duru-notes',
  environment: 'production',
  service: 'api',
  serviceTier: 0,
  policy: 'four-levels',
  severity: 'critical',
  title: 'duru-notes/api: API availability burns its budget 201 times too fast',
  state: 'triggered',
  level: 3,
  cycle: 1,
  episode: 1,
  openedAt: OPENED,
  episodeAt: OPENED,
  changedAt: OPENED + 10 * MINUTE,
  nextAt: OPENED + 30 * MINUTE,
  resume: null,
  alerts: {
    [alert.key]: { ...alert, status: 'firing' },
    b: {
      key: 'b',
      title: 'Gateway answers 503',
      detail: 'the health check failed 2 times in a row: status was 503, expected 2xx',
      severity: 'critical',
      status: 'firing',
      since: OPENED - 20 * SECOND,
      slo: null,
      runbook: null,
    },
  },
  acknowledged: null,
  snoozedUntil: null,
  resolved: null,
  executive: false,
  flips: [],
  flapping: false,
  badFrom: OPENED - 50 * SECOND,
  badTo: null,
  applied: [],
  entries: 6,
  ...change,
});

export const openView = (): IncidentView => ({
  incident: incident(),
  revision: 6,
  next: { at: OPENED + 30 * MINUTE, text: 'L4: pages pagerduty-executive' },
});

export const resolvedView = (): IncidentView => ({
  incident: incident({
    id: '01JD2A0000000000000000RSLV',
    title: 'duru-notes/notifications: delivery was slow',
    service: 'notifications',
    severity: 'warning',
    state: 'resolved',
    level: 2,
    openedAt: NOW - 30 * HOUR,
    episodeAt: NOW - 30 * HOUR,
    badFrom: NOW - 30 * HOUR,
    badTo: NOW - 29 * HOUR,
    nextAt: null,
    acknowledged: { by: { name: 'Ann', door: 'slack' }, at: NOW - 29.9 * HOUR },
    resolved: { by: null, at: NOW - 29 * HOUR },
    alerts: {
      c: {
        key: 'c',
        title: 'Delivery is slow',
        detail: '9 % slower than 2 s',
        severity: 'warning',
        status: 'clear',
        since: NOW - 29 * HOUR,
        slo: 'duru-notes/notifications/delivery',
        runbook: null,
      },
    },
  }),
  revision: 9,
  next: null,
});

const entry = (
  seq: number,
  at: number,
  kind: TimelineEntry['kind'],
  text: string,
  rest: Partial<TimelineEntry> = {},
): TimelineEntry => ({ seq, at, kind, text, level: null, by: null, ...rest });

export const timeline = (): TimelineEntry[] => [
  entry(1, OPENED, 'opened', 'Opened by: API availability burns its budget 201 times too fast'),
  entry(2, OPENED, 'recovery-observed', 'L1: giving the system 60 s to recover by itself', { level: 1 }),
  entry(3, OPENED + 2 * MINUTE, 'level-reached', 'L2 paged: no recovery within 2m', { level: 2 }),
  entry(4, OPENED + 4 * MINUTE, 'alert-firing', 'Also firing: Gateway answers 503'),
  entry(5, OPENED + 7 * MINUTE, 'note', 'Kong reports upstream resets since the 02:58 deploy.', {
    by: { name: 'Ann', door: 'slack' },
  }),
  entry(6, OPENED + 10 * MINUTE, 'level-reached', 'L3 paged: nobody acknowledged within 10m', { level: 3 }),
];

const delivery = (id: number, rest: Partial<OutboxRow>): OutboxRow => ({
  id,
  key: `${INCIDENT}/1/${id}`,
  incident: INCIDENT,
  episode: 1,
  channel: 'slack-oncall',
  kind: 'page',
  lane: `slack-oncall:${INCIDENT}`,
  priority: 2,
  dedupKey: null,
  message: { incident: INCIDENT, level: 2, cycle: 1, episode: 1, title: '', text: '' } as OutboxRow['message'],
  dueAt: OPENED + 2 * MINUTE,
  state: 'sent',
  attempts: 1,
  nextAt: OPENED + 2 * MINUTE,
  leaseOwner: null,
  leaseUntil: null,
  attemptedAt: OPENED + 2 * MINUTE,
  sentAt: OPENED + 2 * MINUTE + 400,
  ref: 'C123:1503435956.000247',
  error: null,
  possibleRepeat: false,
  createdAt: OPENED + 2 * MINUTE,
  fallbackTold: false,
  ...rest,
});

export const deliveries = (): OutboxRow[] => [
  delivery(1, { kind: 'root' }),
  delivery(2, {}),
  delivery(3, {
    channel: 'pagerduty-manager',
    state: 'uncertain',
    attempts: 2,
    sentAt: null,
    error: 'timeout: no answer within 10 s',
    possibleRepeat: true,
    createdAt: OPENED + 10 * MINUTE,
    message: { level: 3 } as OutboxRow['message'],
  }),
  delivery(4, {
    channel: 'mail-manager',
    state: 'failed',
    sentAt: null,
    error: 'rejected: channel_not_found',
    createdAt: OPENED + 10 * MINUTE,
    message: { level: 3 } as OutboxRow['message'],
  }),
];
