import type { PrometheusAnswer, PrometheusClient, PrometheusFailure } from '../client/prometheus.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../duration.ts';
import { NinesError } from '../errors.ts';
import type { LiveAnswers } from '../generate/live-check.ts';
import type { CostAnswer } from '../generate/live/cost.ts';
import type { Told } from '../generate/live/finding.ts';
import type { FiringAnswer } from '../generate/live/firings.ts';
import type { InputAnswer } from '../generate/live/inputs.ts';
import { RANGE } from '../generate/live/age.ts';
import { recentBy, selectorWith, sinceFirst, type Input, type Plan, type PlannedRule } from '../generate/live/plan.ts';
import { JOBS } from '../generate/prometheus.ts';
import { isAlert } from '../generate/rule.ts';
import { RECORDED } from '../generate/series.ts';

export type Asking = {
  client: PrometheusClient;
  /** Epoch ms. */
  now: number;
  /** How far back alerts are counted; 0 = not at all. */
  days: number;
  progress: (done: number, all: number) => void;
};

/** Where the server is gone or shut, one sentence says so instead of a finding for every question. */
export const refused = (failure: PrometheusFailure): NinesError =>
  new NinesError(
    failure.reason === 'unauthorized' ? 'unauthorized' : 'server_unreachable',
    `Prometheus cannot be asked. ${failure.text}${failure.reason === 'unauthorized' ? '; is PROMETHEUS_TOKEN right' : ''}.`,
  );

const told = <T>(answer: PrometheusAnswer<T>): Told<T> =>
  answer.ok ? { ok: true, value: answer.value } : { ok: false, text: answer.failure.text };

/** Of a query: every such server answers those, so one that does not is gone. */
const asked = <T>(answer: PrometheusAnswer<T>): Told<T> => {
  if (!answer.ok && ['unavailable', 'unauthorized', 'malformed'].includes(answer.failure.reason))
    throw refused(answer.failure);
  return told(answer);
};

const AT_ONCE = 4;

const each = async <T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  const left = all.entries();
  const worker = async (): Promise<void> => {
    for (const [at, one] of left) results[at] = await work(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
};

const first = (answer: Told<readonly { points: readonly (readonly [number, number])[] }[]>): number | null =>
  (answer.ok ? answer.value[0]?.points[0]?.[1] : undefined) ?? null;

const COUNTER_NAME = /_(?:total|count|sum|bucket)$/;

/** How old a selector's series are, ms, as far back as `rangeMs`; null without any. */
const ageOf = async ({ client, now }: Asking, selector: string, rangeMs: number): Promise<number | null> => {
  const seconds = first(asked(await client.query(sinceFirst(selector, rangeMs), now)));
  return seconds === null ? null : seconds * SECOND;
};

/** Null also where the two clocks are too far apart to compare them. */
const ranMs = (runtime: LiveAnswers['settings']['runtime'], now: number): number | null => {
  const ran = now - Date.parse((runtime.ok ? runtime.value['startTime'] : undefined) ?? '');
  return ran > -MINUTE ? Math.max(0, ran) : null;
};

const NINES = `up{job="${JOBS.nines}"}`;

const settings = async (asking: Asking): Promise<LiveAnswers['settings']> => {
  const { client, now } = asking;
  const runtime = told(await client.runtimeInfo());
  return {
    runtime,
    flags: told(await client.flags()),
    ranMs: ranMs(runtime, now),
    heldMs: await ageOf(asking, 'up', RANGE),
    scrapes: first(asked(await client.query(`max(count_over_time(${NINES}[10m]))`, now))),
    scrapedMs: await ageOf(asking, NINES, RANGE),
    renamed: first(asked(await client.query(`count({__name__=~"nines_.+",exported_service!=""})`, now))),
  };
};

/** Why nothing matches: what the metric has, and which matcher alone shuts all of it out. */
const miss = async (asking: Asking, { metric, matchers, bornMs }: Input) => {
  const { client, now } = asking;
  if (metric === null) return { ofMetric: null, existedMs: null, alone: [] };
  const ofMetric = first(asked(await client.query(recentBy([], selectorWith(metric, [])), now))) ?? 0;
  const alone: { label: string; values: readonly string[] }[] = [];
  const existedMs = ofMetric === 0 ? null : await ageOf(asking, selectorWith(metric, []), RANGE + bornMs);
  if (ofMetric === 0 || metric.startsWith('nines_')) return { ofMetric, existedMs, alone };
  for (const matcher of matchers) {
    const others = selectorWith(
      metric,
      matchers.filter((one) => one !== matcher),
    );
    const answer = asked(await client.query(recentBy([matcher.name], others), now));
    const values = answer.ok ? answer.value.map(({ labels }) => labels[matcher.name] ?? '') : [];
    if (values.length > 0) alone.push({ label: matcher.name, values: values.toSorted() });
  }
  return { ofMetric, existedMs, alone };
};

const counter = async ({ client, now }: Asking, input: Input): Promise<Pick<InputAnswer, 'type' | 'falls'>> => {
  const { metric, selector, isRated, isRecorded } = input;
  if (!isRated || isRecorded || metric === null || metric.startsWith('nines_')) return { type: null, falls: null };
  const metadata = told(await client.metadata(metric));
  const type = (metadata.ok ? metadata.value.get(metric)?.[0]?.type : undefined) ?? null;
  if (type !== null || COUNTER_NAME.test(metric)) return { type, falls: null };
  return { type, falls: first(asked(await client.query(`max(resets(${selector}[1h]))`, now))) };
};

/** Of a gauge whose samples are to be 1 or 0. */
const values = async ({ client, now }: Asking, { selector, isGauge }: Input): Promise<Pick<InputAnswer, 'values'>> => {
  if (!isGauge) return { values: null };
  const least = first(asked(await client.query(`min(min_over_time(${selector}[1d]))`, now)));
  const most = first(asked(await client.query(`max(max_over_time(${selector}[1d]))`, now)));
  return { values: least === null || most === null ? null : [least, most] };
};

const input = async (asking: Asking, wanted: Input): Promise<Told<InputAnswer>> => {
  const { client, now } = asking;
  const answer = asked(await client.query(recentBy(wanted.by, wanted.selector), now));
  if (!answer.ok) return answer;
  const groups = answer.value.map(({ labels, points }) => ({ labels, series: points[0]?.[1] ?? 0 }));
  const count = (of: typeof groups): number => of.reduce((sum, { series }) => sum + series, 0);
  const lacking = wanted.by.flatMap((label): [string, number][] => {
    const without = count(groups.filter(({ labels }) => !labels[label]));
    return without > 0 ? [[label, without]] : [];
  });
  const series = count(groups);
  const why = series > 0 ? { ofMetric: null, existedMs: null, alone: [] } : await miss(asking, wanted);
  const kind = series > 0 ? await counter(asking, wanted) : { type: null, falls: null };
  const range = series > 0 ? await values(asking, wanted) : { values: null };
  return { ok: true, value: { series, lacking: Object.fromEntries(lacking), ...why, ...kind, ...range } };
};

const cost = async ({ client, now }: Asking, { rule }: PlannedRule): Promise<CostAnswer> => {
  const answer = await client.cost(rule.expr, now);
  if (answer.ok) return { ok: true, ...answer.value };
  asked(answer);
  return { ok: false, isRefused: answer.failure.reason === 'bad-data', text: answer.failure.text };
};

// Prometheus answers with at most 11,000 instants.
const MOST_STEPS = 10_000;

/** Since when (epoch ms, by the hour) a selector has series; null: not in these days. */
const sinces = ({ client, now, days }: Asking) => {
  const known = new Map<string, Promise<Told<number | null>>>();
  const ask = async (selector: string): Promise<Told<number | null>> => {
    const span = { from: Math.ceil((now - days * DAY) / HOUR) * HOUR, to: now, stepMs: HOUR };
    const answer = asked(await client.queryRange(`count(${selector})`, span));
    return answer.ok ? { ok: true, value: answer.value[0]?.points[0]?.[0] ?? null } : answer;
  };
  return (selector: string): Promise<Told<number | null>> => {
    const answer = known.get(selector) ?? ask(selector);
    known.set(selector, answer);
    return answer;
  };
};

/** Judged from when all that it reads and that was there at all was there: before, `absent` would fire for nothing. */
const firing = async (
  { client, now }: Asking,
  since: ReturnType<typeof sinces>,
  { rule, intervalMs, reads }: PlannedRule,
): Promise<FiringAnswer> => {
  const begins: number[] = [];
  for (const selector of reads) {
    const answer = await since(selector);
    if (!answer.ok) return { ok: false, unrecorded: false, text: answer.text };
    if (answer.value !== null) begins.push(answer.value);
    // Of a burn, all that it reads must have been there; another alert asks for what is absent.
    else if (isAlert(rule) && rule.labels['tier'] !== undefined) return { ok: false, unrecorded: true, text: '' };
  }
  if (begins.length === 0) return { ok: false, unrecorded: true, text: '' };
  const begin = Math.max(...begins);
  const least = Math.ceil((now - begin) / MOST_STEPS / MINUTE) * MINUTE;
  const stepMs = Math.max(intervalMs, MINUTE, least);
  const [from, to] = [Math.ceil(begin / stepMs) * stepMs, Math.floor(now / stepMs) * stepMs];
  if (from > to) return { ok: false, unrecorded: true, text: '' };
  const answer = asked(await client.queryRange(rule.expr, { from, to, stepMs }));
  if (!answer.ok) return { ok: false, unrecorded: false, text: answer.text };
  return { ok: true, from, to, stepMs, series: answer.value.map(({ points }) => points.map(([at]) => at)) };
};

/** Asks all there is to ask, a few questions at once. Throws `server_unreachable` or `unauthorized`. */
export const askPrometheus = async (asking: Asking, plan: Plan): Promise<LiveAnswers> => {
  const total = RECORDED.total('5m');
  const inputs = plan.inputs.filter(({ isRecorded, metric }) => !isRecorded || metric === total);
  const alerts = asking.days > 0 ? plan.rules.filter(({ rule, reads }) => isAlert(rule) && reads.length > 0) : [];
  const all = inputs.length + plan.rules.length + alerts.length;
  let done = 0;
  const counting =
    <T, R>(work: (one: T) => Promise<R>) =>
    async (one: T): Promise<R> => {
      const result = await work(one);
      asking.progress(++done, all);
      return result;
    };
  const since = sinces(asking);
  return {
    settings: await settings(asking),
    rules: told(await asking.client.rules()),
    inputs: new Map(
      await each(
        inputs,
        counting(async (one) => [one.selector, await input(asking, one)] as const),
      ),
    ),
    costs: await each(
      plan.rules,
      counting((rule) => cost(asking, rule)),
    ),
    firings: new Map(
      await each(
        alerts,
        counting(async (rule) => [rule, await firing(asking, since, rule)] as const),
      ),
    ),
  };
};
