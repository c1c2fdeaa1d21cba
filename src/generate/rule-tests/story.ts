import { ALERT_NAMES } from '../../alert/labels.ts';
import { HOUR, MINUTE } from '../../duration.ts';
import { durationText, selectorText } from '../../promql/print.ts';
import type { Tier } from '../../slo/burn-policy.ts';
import type { Indicator } from '../../slo/indicator.ts';
import type { Slo } from '../../slo/slo.ts';
import { sloLabels } from '../series.ts';
import type { Feed, InputSeries } from './feed.ts';

/** A query that must answer one value (under these labels), or nothing (null), after `atMs`. `because` is for who reads the file. */
export type Check = { atMs: number; expr: string; value: number | null; labels?: string; because: string };

/** What is fed for one SLO or condition, and what must come of it. Stories of one promise are told together. */
export type Story = {
  promise: string;
  subject: string;
  series: readonly InputSeries[];
  checks: readonly Check[];
};

/** A file's rhythm: how often samples come, and how often all of its rules are evaluated. */
export type Rhythm = { stepMs: number; everyMs: number };

export const FAST: Rhythm = { stepMs: MINUTE / 2, everyMs: MINUTE / 2 };
export const SLOW: Rhythm = { stepMs: MINUTE, everyMs: 5 * MINUTE };
/** promtool takes 10,000 samples of a series: 34 days. */
export const HOURLY: Rhythm = { stepMs: 5 * MINUTE, everyMs: HOUR };

/** All of an SLO that its tests are made from; what tells it from another that is like it are its labels. */
export type Tested = Pick<Slo, 'objective' | 'window' | 'tiers' | 'minBad' | 'noData' | 'settleLagMs'> &
  Pick<Slo, 'id' | 'system' | 'environment' | 'service'> & {
    indicator: Extract<Indicator, { kind: 'promql' }> | { kind: Exclude<Indicator['kind'], 'promql'> };
    /** Longest time between two arrivals of data while all is well, ms. */
    gapMs: number;
  };

type Labels = Readonly<Record<string, string>>;

/** `name{a="b"}` */
export const seriesOf = (name: string, labels: Labels): string =>
  selectorText(
    name,
    Object.entries(labels).map(([label, value]) => ({ label, operator: '=', value })),
  );

export const recorded = (slo: Tested, name: string): string => seriesOf(name, sloLabels(slo));

/** Alerts of this name about an SLO; firing ones where `more` says so. */
export const alertsOf = (slo: Tested, alertname: string, more: Labels = {}): string =>
  seriesOf('ALERTS', { alertname, ...sloLabels(slo), ...more });

/** The group that everything happens to, where an SLO tells its events apart. */
export const BURNING = 'burning';
export const groupBy = (slo: Tested): readonly string[] =>
  slo.indicator.kind === 'promql' ? slo.indicator.groupBy : [];
export const groupLabels = (slo: Tested, value: string): Labels =>
  Object.fromEntries(groupBy(slo).map((name) => [name, value]));

/** One alert fires, under exactly the labels of the definition (and of its group). */
export const fires = (slo: Tested, alertname: string, labels: Labels): Pick<Check, 'expr' | 'value' | 'labels'> => {
  const by = groupBy(slo);
  const grouped = alertname === ALERT_NAMES.burnRate && by.length > 0;
  const alerts = alertsOf(slo, alertname, { ...labels, alertstate: 'firing' });
  if (!grouped) return { expr: `count(${alerts})`, value: 1 };
  return {
    expr: `count by (${by.join(', ')}) (${alerts})`,
    value: 1,
    labels: selectorText(
      undefined,
      by.map((label) => ({ label, operator: '=', value: BURNING })),
    ),
  };
};

/** No alert of this name fires about the SLO, whatever its other labels are. */
export const quiet = (slo: Tested, alertname: string, more: Labels = {}): Pick<Check, 'expr' | 'value'> => ({
  expr: alertsOf(slo, alertname, { ...more, alertstate: 'firing' }),
  value: null,
});

/** The labels of a tier's alert besides those of its SLO, as docs/metrics promise them. */
export const tierLabels = (tier: Tier): Labels => ({
  tier: tier.name,
  severity: tier.severity,
  long_window: durationText(tier.longMs),
  short_window: durationText(tier.shortMs),
});

/** A recorded value of the group that everything happens to, within a share of what it must be. */
export const near = (slo: Tested, name: string, expected: number, share: number): Pick<Check, 'expr' | 'value'> => {
  const series = seriesOf(name, { ...sloLabels(slo), ...groupLabels(slo, BURNING) });
  const value = Number(expected.toPrecision(9));
  return {
    expr:
      value === 0
        ? `count(${series} == 0)`
        : `count(abs(${series} - ${value}) < ${Number((Math.abs(value) * share).toPrecision(3))})`.replace('- -', '+ '),
    value: 1,
  };
};

/** What makes a story of an SLO: what is fed besides its main timeline, and where it is told. */
export type Teller = { slo: Tested; feed: Feed; rhythm: Rhythm };
