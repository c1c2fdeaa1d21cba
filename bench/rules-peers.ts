import { DAY, HOUR, MINUTE } from '../src/duration.ts';
import type { RuleGroup } from '../src/generate/rule.ts';

// What Sloth 0.16 and Pyrra generate for the same SLO (99.9 %, 30 d), written from their golden files:
// sloth examples/_gen/getting-started.yml, pyrra slo/rules_test.go with --generic-rules.

const ERRORS = 'http_requests_total{job="api",code="500"}';
const TOTAL = 'http_requests_total{job="api"}';

const label = (ms: number): string =>
  ms % DAY === 0 ? `${ms / DAY}d` : ms % HOUR === 0 ? `${ms / HOUR}h` : `${ms / MINUTE}m`;

const recorded = (record: string, expr: string, labels: Record<string, string>) => ({ record, expr, labels });
const alert = (name: string, expr: string, severity: string) => ({
  alert: name,
  expr,
  forMs: 0,
  labels: { severity },
  annotations: {},
});

const ID = { sloth_id: 'api-availability', sloth_service: 'api', sloth_slo: 'availability' };
const F = '{sloth_id="api-availability",sloth_service="api",sloth_slo="availability"}';

const slothTier = (pairs: readonly [string, string, number][]): string =>
  pairs
    .map(([short, long, factor]) => {
      const above = (window: string): string =>
        `max(slo:sli_error:ratio_rate${window}${F} > (${factor} * 0.001)) without (sloth_window)`;
      return `(${above(short)} and ${above(long)})`;
    })
    .join(' or ');

/** Seventeen rules at the global interval of 30 s. */
export const slothGroups = (): RuleGroup[] => [
  {
    name: 'sloth',
    intervalMs: MINUTE / 2,
    rules: [
      ...[5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY].map((ms) =>
        recorded(
          `slo:sli_error:ratio_rate${label(ms)}`,
          `(sum(rate(${ERRORS}[${label(ms)}]))) / (sum(rate(${TOTAL}[${label(ms)}])))`,
          { ...ID, sloth_window: label(ms) },
        ),
      ),
      recorded(
        'slo:sli_error:ratio_rate30d',
        `sum_over_time(slo:sli_error:ratio_rate5m${F}[30d]) / ignoring (sloth_window) count_over_time(slo:sli_error:ratio_rate5m${F}[30d])`,
        { ...ID, sloth_window: '30d' },
      ),
      recorded('slo:objective:ratio', 'vector(0.9990000000000001)', ID),
      recorded('slo:error_budget:ratio', 'vector(1-0.9990000000000001)', ID),
      recorded('slo:time_period:days', 'vector(30)', ID),
      ...['current_burn_rate:5m', 'period_burn_rate:30d'].map((name) => {
        const [record, window] = name.split(':');
        return recorded(
          `slo:${record}:ratio`,
          `slo:sli_error:ratio_rate${window}${F} / on(sloth_id, sloth_slo, sloth_service) group_left slo:error_budget:ratio${F}`,
          ID,
        );
      }),
      recorded('slo:period_error_budget_remaining:ratio', `1 - slo:period_burn_rate:ratio${F}`, ID),
      recorded('sloth_slo_info', 'vector(1)', { ...ID, sloth_mode: 'cli-gen-prom' }),
      alert(
        'Page',
        slothTier([
          ['5m', '1h', 14.4],
          ['30m', '6h', 6],
        ]),
        'page',
      ),
      alert(
        'Ticket',
        slothTier([
          ['2h', '1d', 3],
          ['6h', '3d', 1],
        ]),
        'ticket',
      ),
    ],
  },
];

const P = '{job="api",slo="availability"}';
const PYRRA = { job: 'api', slo: 'availability' };
const PAIRS = [
  [14, '5m', '1h4m'],
  [7, '32m', '6h26m'],
  [2, '2h9m', '1d1h43m'],
  [1, '6h26m', '4d6h51m'],
] as const;

/** Eighteen rules: the increase over the window every 150 s, everything else every 30 s. */
export const pyrraGroups = (): RuleGroup[] => [
  {
    name: 'increase',
    intervalMs: 150_000,
    rules: [
      recorded('http_requests:increase30d', `sum by (code) (increase(${TOTAL}[30d]))`, PYRRA),
      alert('SLOMetricAbsent', `absent(${TOTAL}) == 1`, 'critical'),
    ],
  },
  {
    name: 'burn',
    intervalMs: MINUTE / 2,
    rules: [
      ...['5m', '32m', '1h4m', '2h9m', '6h26m', '1d1h43m', '4d6h51m'].map((window) =>
        recorded(
          `http_requests:burnrate${window}`,
          `sum(rate(${ERRORS}[${window}])) / sum(rate(${TOTAL}[${window}]))`,
          PYRRA,
        ),
      ),
      ...PAIRS.map(([factor, short, long]) =>
        alert(
          'ErrorBudgetBurn',
          `http_requests:burnrate${short}${P} > (${factor} * (1-0.999)) and http_requests:burnrate${long}${P} > (${factor} * (1-0.999))`,
          factor > 2 ? 'critical' : 'warning',
        ),
      ),
    ],
  },
  {
    name: 'generic',
    intervalMs: MINUTE / 2,
    rules: [
      recorded('pyrra_objective', '0.999', PYRRA),
      recorded('pyrra_window', '2592000', PYRRA),
      recorded(
        'pyrra_availability',
        `1 - sum(http_requests:increase30d{code="500",job="api",slo="availability"} or vector(0)) / sum(http_requests:increase30d${P})`,
        PYRRA,
      ),
      recorded('pyrra_requests:rate5m', `sum(rate(${TOTAL}[5m]))`, PYRRA),
      recorded('pyrra_errors:rate5m', `sum(rate(${ERRORS}[5m])) or vector(0)`, PYRRA),
    ],
  },
];
