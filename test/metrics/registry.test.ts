import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRegistry, type NinesRegistry } from '../../src/metrics/registry.ts';
import { createProberSeries } from '../../src/metrics/prober-series.ts';
import { createIncidentSeries } from '../../src/metrics/incident-series.ts';
import { createLocationSeries } from '../../src/metrics/location-series.ts';
import { createProbeSeries } from '../../src/metrics/probe-series.ts';
import { createSeries } from '../../src/metrics/series.ts';
import { createSloSeries } from '../../src/metrics/slo-series.ts';
import { METRICS, READING_METRICS } from '../../src/names.ts';
import { hasPromtool, objections } from './promtool.ts';

describe('the metrics of the service itself', () => {
  let registry: NinesRegistry;
  beforeEach(() => {
    registry = createRegistry({ version: '0.1.0', node: 'v26.10.0' });
  });
  afterEach(() => registry.stop());

  it('count what happened', async () => {
    registry.checks.inc({ outcome: 'fail', reason: 'timeout' });
    registry.deliveries.inc({ channel: 'slack-oncall', outcome: 'sent' }, 2);
    registry.tickDuration.observe(0.004);
    const text = await registry.text();
    expect(text).toContain('nines_checks_total{outcome="fail",reason="timeout"} 1');
    expect(text).toContain('nines_deliveries_total{channel="slack-oncall",outcome="sent"} 2');
    expect(text).toContain('nines_tick_duration_seconds_bucket{le="0.005"} 1');
    expect(text).toContain('nines_build_info{version="0.1.0",node="v26.10.0"} 1');
  });

  it('show the first failure as an increase, because the counter was there before', async () => {
    expect(await registry.text()).toContain('nines_catalog_reloads_total{outcome="failure"} 0');
  });

  it('belong to their registry alone', async () => {
    const other = createRegistry({ version: '0.1.0', node: 'v26.10.0' });
    other.checks.inc({ outcome: 'pass', reason: 'ok' });
    expect(await registry.text()).not.toContain('outcome="pass"');
    other.stop();
  });

  it.skipIf(!hasPromtool)('are accepted by promtool', async () => {
    for (const name of ['catalogValid', 'catalogLoaded', 'storeWritable', 'outboxOldest'] as const)
      registry[name].set(1);
    registry.checks.inc({ outcome: 'fail', reason: 'timeout' });
    registry.deliveries.inc({ channel: '"\n\\', outcome: 'sent' });
    registry.possibleDuplicates.inc({ channel: 'slack-oncall' });
    registry.outboxRows.set({ state: 'queued' }, 0);
    expect(objections(await registry.text())).toBe('');
  });

  it('together with the series are every name that Nines promises, each once', async () => {
    const names: string[] = [];
    const series = createSeries();
    const spying = {
      ...series,
      gauge: (name: string, help: string) => (names.push(name), series.gauge(name, help)),
      counter: (name: string, help: string) => (names.push(name), series.counter(name, help)),
      histogram: (...given: Parameters<typeof series.histogram>) => (names.push(given[0]), series.histogram(...given)),
    };
    createSloSeries(spying);
    createProbeSeries(spying);
    createLocationSeries(spying);
    createIncidentSeries(spying);
    createProberSeries(spying, [1]);
    const own = [...(await registry.text()).matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]!);
    const readings = new Set(Object.values(READING_METRICS).flatMap((one) => Object.values(one).map(([name]) => name)));
    expect([...names, ...own].filter((name) => !readings.has(name)).sort()).toEqual(Object.values(METRICS).sort());
  });
});
