import { describe, expect, it } from 'vitest';
import { evaluateAbsence } from '../../src/alert/absence.ts';
import type { Arrivals } from '../../src/alert/absence.ts';
import type { Alert } from '../../src/alert/alert.ts';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import type { Slo } from '../../src/slo/slo.ts';
import { aSlo } from '../slo/a-slo.ts';

const start = Date.UTC(2026, 10, 19, 14, 20);

/** Judges one instant after another, each given as minutes since the start. */
const watch = (slo: Slo = aSlo()) => {
  let open: ReadonlyMap<string, Alert> = new Map();
  return (minute: number, arrivals: { data: number | null; traffic?: number | null; started?: number }) => {
    const at = (value: number | null): number | null => (value === null ? null : start + value * MINUTE);
    const given: Arrivals = {
      lastDataAt: at(arrivals.data),
      lastTrafficAt: at(arrivals.traffic === undefined ? arrivals.data : arrivals.traffic),
      startedAt: start + (arrivals.started ?? 0) * MINUTE,
    };
    const judged = evaluateAbsence(slo, given, open, start + minute * MINUTE);
    open = new Map(judged.alerts.map((alert) => [alert.key, alert]));
    return judged.transitions.map(
      ({ from, alert }) => `${alert.identity.labels!['missing']}: ${from} → ${alert.status}`,
    );
  };
};

describe('no data', () => {
  it('fires after its time, once, and clears when data comes back', () => {
    const see = watch();
    expect(see(14, { data: 0 })).toEqual([]);
    expect(see(15, { data: 0 })).toEqual(['data: clear → firing']);
    expect(see(60, { data: 0 })).toEqual([]);
    expect(see(61, { data: 61 })).toEqual(['data: firing → clear']);
    expect(see(62, { data: 62 })).toEqual([]);
  });

  it('says so with numbers, as a warning, or critical where the SLO wants a page', () => {
    const now = start + 20 * MINUTE;
    const arrivals = { lastDataAt: start, lastTrafficAt: start, startedAt: start - DAY };
    const [alert] = evaluateAbsence(aSlo(), arrivals, new Map(), now).alerts;
    expect(alert).toMatchObject({
      severity: 'warning',
      title: 'API availability has no data',
      detail: 'Nothing has arrived since Thu 14:20 UTC (20 m), so its budget and alerts cannot be judged',
      value: 1_200,
      limit: 900,
    });
    const paging = aSlo({ noData: { afterMs: 15 * MINUTE, severity: 'critical' } });
    expect(evaluateAbsence(paging, arrivals, new Map(), now).alerts[0]!.severity).toBe('critical');
  });

  it('what never had data fires when it had its time since the start', () => {
    const see = watch();
    expect(see(14, { data: null })).toEqual([]);
    expect(see(15, { data: null })).toEqual(['data: clear → firing']);
  });

  it('a restart after a long pause does not begin with an alert', () => {
    const see = watch();
    expect(see(600, { data: 0, started: 600 })).toEqual([]);
    expect(see(614, { data: 0, started: 600 })).toEqual([]);
    expect(see(615, { data: 0, started: 600 })).toEqual(['data: clear → firing']);
  });

  it('a restart does not clear what fires: only data does', () => {
    const see = watch();
    see(15, { data: 0 });
    expect(see(600, { data: 0, started: 600 })).toEqual([]);
    expect(see(601, { data: 601, started: 600 })).toEqual(['data: firing → clear']);
  });

  it('data that comes back with its settle lag is back', () => {
    const see = watch(aSlo({ settleLagMs: 10 * MINUTE }));
    expect(see(24, { data: 0 })).toEqual([]);
    expect(see(25, { data: 0 })).toEqual(['data: clear → firing']);
    expect(see(26, { data: 0 })).toEqual([]);
    // 20 minutes old when it arrives, of which the source needed ten.
    expect(see(30, { data: 10 })).toEqual(['data: firing → clear']);
  });
});

describe('no traffic is told from no data', () => {
  it('data that counts nothing is information, not a warning', () => {
    const see = watch();
    expect(see(20, { data: 20, traffic: 0 })).toEqual(['traffic: clear → firing']);
    const arrivals = { lastDataAt: start + HOUR, lastTrafficAt: start, startedAt: start };
    expect(evaluateAbsence(aSlo(), arrivals, new Map(), start + HOUR).alerts).toMatchObject([
      {
        severity: 'info',
        title: 'API availability sees no traffic',
        detail: 'The source answers, but counted nothing since Thu 14:20 UTC (1 h)',
      },
    ]);
    expect(see(21, { data: 21, traffic: 21 })).toEqual(['traffic: firing → clear']);
  });

  it('a restart does not clear it: only traffic does', () => {
    const see = watch();
    see(20, { data: 20, traffic: 0 });
    expect(see(30, { data: 30, traffic: 0, started: 30 })).toEqual([]);
    expect(see(31, { data: 31, traffic: 31, started: 30 })).toEqual(['traffic: firing → clear']);
  });

  it('at most one of them fires: without data nobody knows about traffic', () => {
    const see = watch();
    expect(see(20, { data: 0, traffic: 0 })).toEqual(['data: clear → firing']);
    expect(see(30, { data: 30, traffic: 0 })).toEqual(['data: firing → clear', 'traffic: clear → firing']);
    expect(see(50, { data: 30, traffic: 0 })).toEqual(['data: clear → firing', 'traffic: firing → stale']);
    expect(see(60, { data: 60, traffic: 60 })).toEqual(['data: firing → clear', 'traffic: stale → clear']);
  });
});

describe('what has no input', () => {
  it('an SLO that is not configured, or measures incidents, misses nothing', () => {
    const incidents: Slo = aSlo({ indicator: { kind: 'incident-clock', withinMs: 15 * MINUTE } });
    for (const slo of [aSlo({ notConfigured: 'no provider' }), incidents])
      expect(watch(slo)(600, { data: null })).toEqual([]);
  });
});
