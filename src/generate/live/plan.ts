import type { Catalog } from '../../definition/catalog.ts';
import { canonical } from '../../promql/canonical.ts';
import { parse } from '../../promql/parse.ts';
import { labelText, selectorText } from '../../promql/print.ts';
import { selectorsOf, walk, type Expr, type Matcher } from '../../promql/tree.ts';
import { RECORDED } from '../series.ts';
import { isAlert, type Rule, type RuleGroup } from '../rule.ts';

/** A selector that rules read, without its range. */
export type Input = {
  /** In canonical form: the same for all that read it. */
  selector: string;
  /** Null where the selector names no metric. */
  metric: string | null;
  matchers: readonly Pick<Matcher, 'name' | 'operator' | 'value'>[];
  /** Whether our own rules record it; all others come from scrapes. */
  isRecorded: boolean;
  /** Whether `rate` or `increase` reads it, so that it must be a counter. */
  isRated: boolean;
  /** Whether every sample of it counts as good (1) or bad (0). */
  isGauge: boolean;
  /** Grouping labels that its series must carry. */
  by: readonly string[];
  /** Whether an SLO counts all of its events by it: without it there is no data at all. */
  isTotal: boolean;
  /** Where it picks a bucket of a histogram: the threshold, seconds. */
  threshold: number | null;
  /** Where the SLOs that read it cannot be measured on this machine: why. */
  notConfigured: string | null;
  /** Names of the groups that read it. */
  groups: readonly string[];
};

export type PlannedRule = {
  group: string;
  intervalMs: number;
  rule: Rule;
  /** `nines-api-availability-fast: nines:sli_total:rate5m`, `… ErrorBudgetBurn page-fast`. */
  where: string;
  /** Selectors of its inputs. */
  reads: readonly string[];
};

/** What there is to ask about: every input once, every rule. */
export type Plan = { inputs: readonly Input[]; rules: readonly PlannedRule[] };

export const nameOf = (rule: Rule): string => (isAlert(rule) ? rule.alert : rule.record);

const TOTALS: ReadonlySet<string> = new Set((['5m', '15m', '1h'] as const).map(RECORDED.total));
const COUNTING = new Set(['rate', 'increase', 'irate', 'resets']);

/** Canonical selectors below a call that takes its argument for a counter. */
const ratedIn = (expr: Expr, text: string): ReadonlySet<string> => {
  const rated = new Set<string>();
  for (const one of walk(expr))
    if (one.kind === 'call' && COUNTING.has(one.name))
      for (const { selector } of selectorsOf(one)) rated.add(canonical(selector, text));
  return rated;
};

/** A selector as text, of a metric's name and matchers. */
export const selectorWith = (metric: string | null, matchers: Input['matchers']): string =>
  selectorText(
    metric ?? undefined,
    matchers.map(({ name, operator, value }) => ({ label: name, operator, value })),
  );

/** How many series a selector had in the last 10 min, by labels. */
export const recentBy = (labels: readonly string[], selector: string): string => {
  const by = labels.length === 0 ? '' : ` by (${labels.map(labelText).join(', ')}) `;
  return `count${by}(last_over_time(${selector}[10m]))`;
};

const isSame = (written: string, selector: string): boolean => {
  const parsed = parse(written);
  return 'expr' in parsed && canonical(parsed.expr, written) === selector;
};

/** Reads all expressions of the groups, which are well-formed because we wrote them. */
export const planOf = (catalog: Catalog, groups: readonly RuleGroup[]): Plan => {
  const recorded = new Set(groups.flatMap(({ rules }) => rules.map((rule) => (isAlert(rule) ? '' : rule.record))));
  const inputs = new Map<string, Input>();
  const rules: PlannedRule[] = [];
  for (const { name: group, intervalMs, rules: own } of groups)
    for (const rule of own) {
      const parsed = parse(rule.expr);
      if ('problem' in parsed) continue;
      const { system = '', service = '', slo: local = '' } = rule.labels;
      const slo = catalog.slos.get(`${system}/${service}/${local}`);
      const rated = ratedIn(parsed.expr, rule.expr);
      const reads = new Set<string>();
      for (const { selector } of selectorsOf(parsed.expr)) {
        const text = canonical(selector, rule.expr);
        reads.add(text);
        const metric = selector.name ?? null;
        const known = inputs.get(text);
        const isRecorded = recorded.has(metric ?? '');
        const source = slo?.indicator.kind === 'promql' && !isRecorded && !isAlert(rule) ? slo.indicator : null;
        const isBucket = source?.measure.kind === 'histogram' && selector.matchers.some(({ name }) => name === 'le');
        inputs.set(text, {
          selector: text,
          metric,
          matchers: selector.matchers,
          isRecorded,
          isRated: rated.has(text) || (known?.isRated ?? false),
          isGauge: known?.isGauge === true || (source?.measure.kind === 'gauge' && isSame(source.measure.gauge, text)),
          by: [...new Set([...(known?.by ?? []), ...(source?.groupBy ?? [])])],
          isTotal: known?.isTotal === true || (!isAlert(rule) && TOTALS.has(rule.record)),
          threshold: isBucket && source.measure.kind === 'histogram' ? source.measure.thresholdSeconds : null,
          notConfigured: slo?.notConfigured ?? null,
          groups: [...new Set([...(known?.groups ?? []), group])],
        });
      }
      const tier = rule.labels['tier'] ?? '';
      rules.push({ group, intervalMs, rule, where: `${group}: ${nameOf(rule)} ${tier}`.trim(), reads: [...reads] });
    }
  return { inputs: [...inputs.values()], rules };
};
