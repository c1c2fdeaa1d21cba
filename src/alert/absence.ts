import { durationPhrase, instantPhrase } from '../slo/phrase.ts';
import type { Slo } from '../slo/slo.ts';
import { alertKey, localId, NOTHING_JUDGED, transitionTo } from './alert.ts';
import type { Alert, AlertIdentity, AlertStatus, AlertTransition, Judged, Severity } from './alert.ts';

/** Epoch ms; null = never. `startedAt` is when this process could first have received data for it. */
export type Arrivals = { lastDataAt: number | null; lastTrafficAt: number | null; startedAt: number };

type Missing = 'data' | 'traffic';

// Two alerts, because a source that goes silent is a fault of ours and must be told from users who stay away.
export const absenceIdentity = (slo: Slo, missing: Missing): AlertIdentity => ({
  system: slo.system,
  environment: slo.environment,
  service: slo.service,
  kind: 'absence',
  subject: localId(slo.id),
  labels: { missing },
});

type Known = Record<Missing, { identity: AlertIdentity; key: string }>;

const KNOWN = new WeakMap<Slo, Known>();

const identitiesOf = (slo: Slo): Known => {
  let known = KNOWN.get(slo);
  if (known === undefined) {
    const of = (missing: Missing) => {
      const identity = absenceIdentity(slo, missing);
      return { identity, key: alertKey(identity) };
    };
    KNOWN.set(slo, (known = { data: of('data'), traffic: of('traffic') }));
  }
  return known;
};

/** Time of absence counts only while this process ran, or every restart after a pause would begin with an alert. */
const silence = (slo: Slo, lastAt: number | null, startedAt: number, now: number): number =>
  now - slo.settleLagMs - Math.max(lastAt ?? startedAt, startedAt);

const arrivedLately = (slo: Slo, lastAt: number | null, now: number): boolean =>
  lastAt !== null && now - slo.settleLagMs - lastAt < slo.noData.afterMs;

type Found = { status: AlertStatus; missing: Missing; severity: Severity; lastAt: number | null };

export const absenceTitle = (slo: Slo, missing: Missing): string =>
  missing === 'data' ? `${slo.name} has no data` : `${slo.name} sees no traffic`;

const words = (slo: Slo, { status, missing, lastAt }: Found, now: number): { title: string; detail: string } => {
  const title = absenceTitle(slo, missing);
  const ago = lastAt === null ? null : durationPhrase(Math.max(0, now - lastAt));
  const since = lastAt === null ? 'ever' : `since ${instantPhrase(lastAt, slo.zone, now)} (${ago})`;
  if (status === 'clear')
    return { title, detail: missing === 'data' ? 'Data arrives again' : 'There is traffic again' };
  if (status === 'stale') return { title, detail: 'There is no data either, so nobody knows whether there is traffic' };
  if (missing === 'traffic') return { title, detail: `The source answers, but counted nothing ${since}` };
  return { title, detail: `Nothing has arrived ${since}, so its budget and alerts cannot be judged` };
};

const alertOf = (slo: Slo, found: Found, before: Alert | undefined, now: number): Alert => {
  const { identity, key } = identitiesOf(slo)[found.missing];
  return {
    key,
    identity,
    severity: found.severity,
    status: found.status,
    since: before?.status === found.status ? before.since : now,
    ...words(slo, found, now),
    value: found.status !== 'firing' || found.lastAt === null ? null : (now - found.lastAt) / 1_000,
    limit: slo.noData.afterMs / 1_000,
    slo: slo.id,
    runbook: slo.runbook,
  };
};

const isOpen = (alert: Alert | undefined): boolean => alert?.status === 'firing' || alert?.status === 'stale';

/**
 * Whether the input of an SLO has fallen silent for `noData.afterMs` (plus its settle lag). No data: warning, or
 * critical where the SLO says so; clears when data comes back. No traffic (data arrives and counts nothing): info, which
 * is shown and pages nobody; stale while there is no data. At most one of the two fires. An incident clock has no input.
 */
export const evaluateAbsence = (
  slo: Slo,
  { lastDataAt, lastTrafficAt, startedAt }: Arrivals,
  previous: ReadonlyMap<string, Alert>,
  now: number,
): Judged => {
  if (slo.notConfigured !== null || slo.indicator.kind === 'incident-clock') return NOTHING_JUDGED;
  const noData = silence(slo, lastDataAt, startedAt, now) >= slo.noData.afterMs;
  const noTraffic = silence(slo, lastTrafficAt, startedAt, now) >= slo.noData.afterMs;
  if (previous.size === 0 && !noData && !noTraffic) return NOTHING_JUDGED;

  const keys = identitiesOf(slo);
  const before = { data: previous.get(keys.data.key), traffic: previous.get(keys.traffic.key) };
  const dataIsBack = arrivedLately(slo, lastDataAt, now);
  const dataFires = noData || (isOpen(before.data) && !dataIsBack);
  const trafficIsBack = arrivedLately(slo, lastTrafficAt, now);
  const trafficOpen = isOpen(before.traffic);
  const trafficStatus = (): AlertStatus => {
    if (dataFires) return trafficOpen ? 'stale' : 'clear';
    return noTraffic || (trafficOpen && !trafficIsBack) ? 'firing' : 'clear';
  };
  const found: Found[] = [
    { status: dataFires ? 'firing' : 'clear', missing: 'data', severity: slo.noData.severity, lastAt: lastDataAt },
    { status: trafficStatus(), missing: 'traffic', severity: 'info', lastAt: lastTrafficAt },
  ];
  const alerts: Alert[] = [];
  const transitions: AlertTransition[] = [];
  for (const one of found) {
    const was = before[one.missing];
    if (one.status === 'clear' && !isOpen(was)) continue;
    const alert = alertOf(slo, one, was, now);
    alerts.push(alert);
    if (was?.status !== one.status) transitions.push(transitionTo(alert, was?.status ?? 'clear', now));
  }
  return { alerts, transitions };
};
