import { describe, expect, it } from 'vitest';
import type { ProbeStatus } from '../../src/engine/nines.ts';
import type { SloStatus } from '../../src/slo/status.ts';
import { createProbeSeries, type ProbeNumbers } from '../../src/metrics/probe-series.ts';
import { createSeries, type Series } from '../../src/metrics/series.ts';
import { createSloSeries, type SloNumbers } from '../../src/metrics/slo-series.ts';
import { hasPromtool, objections } from './promtool.ts';

// What the engine has must fit as it is: this only has to compile.
export type Fits = [SloStatus extends SloNumbers ? true : never, ProbeStatus extends ProbeNumbers ? true : never];
const fits: Fits = [true, true];

const linesOf = async (series: Series): Promise<string[]> => {
  let text = '';
  for await (const chunk of series.write()) text += chunk;
  return text.split('\n').filter((line) => line && !line.startsWith('#'));
};

const SPAN = { from: 1_000, to: 2_000 };

const status = (change: Partial<SloNumbers> = {}): SloNumbers => ({
  slo: {
    id: 'duru-notes/api/availability',
    system: 'duru-notes',
    environment: 'production',
    service: 'api',
    objective: 999_000,
    window: { kind: 'rolling' },
    notConfigured: null,
  },
  lastDataAt: null,
  budget: { remaining: 0.12, before: null, coverage: 1, span: SPAN },
  burnRates: [
    { label: '5m', rate: 88.9 },
    { label: '1h', rate: null },
  ],
  tiers: [
    { name: 'page-fast', severity: 'critical', status: 'firing' },
    { name: 'ticket-slow', severity: 'warning', status: 'unknown' },
  ],
  ...change,
});
const LABELS = 'system="duru-notes",environment="production",service="api",slo="availability"';
const counters = new Map([['duru-notes/api/availability', { events: 360, bad: 32 }]]);

describe('the series of SLOs', () => {
  it('take what the engine has as it is', () => {
    expect(fits).toEqual([true, true]);
  });

  it('tell when data last came, and what is not set up here', async () => {
    const series = createSeries();
    const of = createSloSeries(series);
    of.update([status({ lastDataAt: 90_000 })], counters);
    expect(await linesOf(series)).toEqual(
      expect.arrayContaining([
        `nines_sli_last_data_timestamp_seconds{${LABELS}} 90`,
        `nines_slo_configured{${LABELS}} 1`,
      ]),
    );
    of.update([status({ slo: { ...status().slo, notConfigured: 'TOKEN is not set' } })], counters);
    const lines = await linesOf(series);
    expect(lines).toContain(`nines_slo_configured{${LABELS}} 0`);
    expect(lines.filter((line) => line.includes('last_data'))).toEqual([]);
  });

  it('show where a calendar window stands; a rolling one has no beginning', async () => {
    const series = createSeries();
    const of = createSloSeries(series);
    of.update([status({ slo: { ...status().slo, window: { kind: 'calendar' } } })], counters);
    expect(await linesOf(series)).toEqual(
      expect.arrayContaining([
        `nines_slo_window_start_timestamp_seconds{${LABELS}} 1`,
        `nines_slo_window_end_timestamp_seconds{${LABELS}} 2`,
      ]),
    );
    of.update([status()], counters);
    expect((await linesOf(series)).filter((line) => line.includes('_window_'))).toEqual([]);
  });

  it('show objective, budget, coverage, burn rates, tiers and counters', async () => {
    const series = createSeries();
    createSloSeries(series).update([status()], counters);
    expect(await linesOf(series)).toEqual([
      `nines_slo_configured{${LABELS}} 1`,
      `nines_slo_objective_ratio{${LABELS}} 0.999`,
      `nines_error_budget_remaining_ratio{${LABELS}} 0.12`,
      `nines_error_budget_counted_ratio{${LABELS}} 0.12`,
      `nines_error_budget_coverage_ratio{${LABELS}} 1`,
      `nines_burn_rate{${LABELS},window="5m"} 88.9`,
      `nines_alert_firing{${LABELS},tier="page-fast",severity="critical"} 1`,
      `nines_alert_firing{${LABELS},tier="ticket-slow",severity="warning"} 0`,
      `nines_sli_events_total{${LABELS}} 360`,
      `nines_sli_bad_total{${LABELS}} 32`,
    ]);
  });

  it('show the budget as it was counted beside what people left of it', async () => {
    const series = createSeries();
    const before = { remaining: -0.5 };
    createSloSeries(series).update([status({ budget: { remaining: 0.9, before, coverage: 1, span: SPAN } })], counters);
    expect(await linesOf(series)).toEqual(
      expect.arrayContaining([
        `nines_error_budget_remaining_ratio{${LABELS}} 0.9`,
        `nines_error_budget_counted_ratio{${LABELS}} -0.5`,
      ]),
    );
  });

  it('show nothing where there is no data: neither 0 nor the last value', async () => {
    const series = createSeries();
    const slos = createSloSeries(series);
    slos.update([status()], counters);
    slos.update(
      [
        status({
          budget: { remaining: null, before: null, coverage: 0, span: SPAN },
          burnRates: [{ label: '5m', rate: null }],
        }),
      ],
      new Map(),
    );
    const lines = await linesOf(series);
    expect(lines.filter((line) => /remaining|counted|burn_rate|sli_/.test(line))).toEqual([]);
    expect(lines).toContain(`nines_error_budget_coverage_ratio{${LABELS}} 0`);
  });

  it('keep an alert firing whose data has ended', async () => {
    const series = createSeries();
    createSloSeries(series).update(
      [status({ tiers: [{ name: 'page-fast', severity: 'critical', status: 'stale' }] })],
      counters,
    );
    expect(await linesOf(series)).toContain(`nines_alert_firing{${LABELS},tier="page-fast",severity="critical"} 1`);
  });

  it('go with an SLO that is removed, and with a tier or look-back that it lost', async () => {
    const series = createSeries();
    const slos = createSloSeries(series);
    slos.update([status()], counters);
    slos.update([status({ tiers: [], burnRates: [{ label: '6h', rate: 1 }] })], counters);
    const lines = await linesOf(series);
    expect(lines.filter((line) => /alert_firing|window="5m"/.test(line))).toEqual([]);
    expect(lines).toContain(`nines_burn_rate{${LABELS},window="6h"} 1`);
    slos.update([], new Map());
    expect(await linesOf(series)).toEqual([]);
    expect(series.stats().series).toBe(0);
  });
});

const probe = (last: Partial<ProbeNumbers['last']> | null, state = 'up', kind = 'http'): ProbeNumbers => ({
  probe: { id: 'duru-notes/api/health', system: 'duru-notes', environment: 'production', service: 'api', kind },
  state,
  last: last && {
    at: 1,
    durationMs: 120,
    outcome: 'pass',
    reason: 'ok',
    degraded: false,
    status: 200,
    phases: '{"resolve":1,"connect":2,"tls":5,"processing":100,"transfer":12}',
    readings: '{}',
    certificateExpiresAt: 1_800_000_000_000,
    ...last,
  },
});
const PROBE = 'system="duru-notes",environment="production",service="api",probe="health"';

describe('the series of probes', () => {
  it('are those of blackbox_exporter, in seconds', async () => {
    const series = createSeries();
    await createProbeSeries(series).update([probe({})]);
    expect(await linesOf(series)).toEqual([
      `probe_success{${PROBE}} 1`,
      `probe_duration_seconds{${PROBE}} 0.12`,
      `probe_http_status_code{${PROBE}} 200`,
      `probe_http_duration_seconds{${PROBE},phase="resolve"} 0.001`,
      `probe_http_duration_seconds{${PROBE},phase="connect"} 0.002`,
      `probe_http_duration_seconds{${PROBE},phase="tls"} 0.005`,
      `probe_http_duration_seconds{${PROBE},phase="processing"} 0.1`,
      `probe_http_duration_seconds{${PROBE},phase="transfer"} 0.012`,
      `nines_probe_failing{${PROBE}} 0`,
      `nines_probe_degraded{${PROBE}} 0`,
      `probe_ssl_earliest_cert_expiry{${PROBE}} 1800000000`,
    ]);
  });

  it('show a failure with its reason, and nothing of a phase that did not happen', async () => {
    const series = createSeries();
    await createProbeSeries(series).update([
      probe({ outcome: 'fail', reason: 'dns', status: null, phases: 'null', certificateExpiresAt: null }),
    ]);
    const lines = await linesOf(series);
    expect(lines).toContain(`probe_success{${PROBE}} 0`);
    expect(lines).toContain(`probe_http_status_code{${PROBE}} 0`);
    expect(lines).toContain(`probe_failure_info{${PROBE},reason="dns"} 1`);
    expect(lines.filter((line) => line.includes('phase='))).toEqual([]);
    expect(lines.filter((line) => line.includes('cert_expiry'))).toEqual([]);
  });

  it('tell failing, which is by the failure threshold, from one failed check', async () => {
    const series = createSeries();
    const probes = createProbeSeries(series);
    await probes.update([probe({ outcome: 'fail', reason: 'dns' })]);
    expect(await linesOf(series)).toEqual(
      expect.arrayContaining([`probe_success{${PROBE}} 0`, `nines_probe_failing{${PROBE}} 0`]),
    );
    await probes.update([probe({ at: 2, outcome: 'fail', reason: 'dns' }, 'down')]);
    expect(await linesOf(series)).toContain(`nines_probe_failing{${PROBE}} 1`);
    await probes.update([probe({ at: 3, outcome: 'unknown', reason: 'maintenance' }, 'maintenance')]);
    expect((await linesOf(series)).filter((line) => line.startsWith('nines_probe_failing'))).toEqual([]);
  });

  it('keep what they showed when a check says nothing about the target', async () => {
    const series = createSeries();
    const probes = createProbeSeries(series);
    await probes.update([probe({})]);
    await probes.update([probe({ at: 2, outcome: 'unknown', status: null })]);
    expect(await linesOf(series)).toContain(`probe_success{${PROBE}} 1`);
  });

  it.each(['stale', 'not-configured'])('show nothing of a probe that is %s', async (state) => {
    const series = createSeries();
    const probes = createProbeSeries(series);
    await probes.update([probe({})]);
    await probes.update([probe({}, state)]);
    expect(await linesOf(series)).toEqual([]);
    await probes.update([probe({})]);
    expect(await linesOf(series)).toHaveLength(11);
  });

  it('say of a heartbeat only whether it beats and how long it took', async () => {
    const series = createSeries();
    const probes = createProbeSeries(series);
    await probes.update([probe({ certificateExpiresAt: null }, 'up', 'heartbeat')]);
    expect((await linesOf(series)).map((line) => line.split('{')[0])).toEqual([
      'probe_success',
      'probe_duration_seconds',
      'nines_probe_failing',
      'nines_probe_degraded',
    ]);
    await probes.update([]);
    expect(series.stats().series).toBe(0);
  });

  it.skipIf(!hasPromtool)('are accepted by promtool together with those of SLOs', async () => {
    const series = createSeries();
    createSloSeries(series).update([status()], counters);
    await createProbeSeries(series).update([probe({})]);
    let text = '';
    for await (const chunk of series.write()) text += chunk;
    expect(objections(text)).toBe('');
  });
});
