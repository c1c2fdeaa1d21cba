import { METRICS } from '../../names.ts';
import { countPhrase, measurePhrase } from '../../slo/phrase.ts';
import { counted, some, type Finding, type Told } from './finding.ts';
import type { Input } from './plan.ts';

/** What the server has of an input, in its last 10 min. */
export type InputAnswer = {
  series: number;
  /** Of these, how many lack a grouping label. */
  lacking: Readonly<Record<string, number>>;
  /** Where no series matches: how many the metric has at all; else null. */
  ofMetric: number | null;
  /** Where no series matches: matchers without which some would, and the values that their labels have then. */
  alone: readonly { label: string; values: readonly string[] }[];
  /** What its source calls it: `counter`, `gauge` …; null where nobody says. */
  type: string | null;
  /** How often the most restless of its series fell in an hour; null where it was not asked. */
  falls: number | null;
  /** The least and the most of its values in the last day; null where it was not asked. */
  values: readonly [number, number] | null;
};

export type InputAnswers = ReadonlyMap<string, Told<InputAnswer>>;

/** More series than this behind one selector cost more than they tell. */
export const MOST_SERIES = 5_000;
/** A counter begins anew when its process does. */
const MOST_FALLS = 4;

const SELF = /^nines-self-/;
const EXPORTED: ReadonlySet<string> = new Set(Object.values(METRICS));
const isOurs = ({ metric }: Input): boolean => metric !== null && (metric.startsWith('nines_') || EXPORTED.has(metric));
const isAboutNines = ({ groups }: Input): boolean => groups.every((group) => SELF.test(group));

/** The bucket boundaries around a threshold: the nearest below and above. */
const around = (threshold: number, values: readonly string[]): string[] => {
  const known = values
    .map((text) => ({ text, value: text === '+Inf' ? Infinity : Number(text) }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => a.value - b.value);
  const below = known.findLast(({ value }) => value < threshold);
  const above = known.find(({ value }) => value > threshold && value !== Infinity);
  return [below, above].flatMap((one) => (one ? [one.text] : []));
};

const wrongThreshold = ({ selector, metric }: Input, threshold: number, values: readonly string[]): Finding => ({
  severity: 'error',
  kind: 'threshold',
  where: selector,
  text: `${metric} has no bucket that ends at ${threshold} s; the nearest end at ${around(threshold, values).join(' and ') || 'no number'}. Make one of them the threshold, or add the bucket.`,
});

const unmatched = (input: Input, { ofMetric, alone }: InputAnswer): Finding => {
  const { selector, threshold, isTotal } = input;
  const bucket = alone.find(({ label }) => label === 'le');
  if (threshold !== null && bucket) return wrongThreshold(input, threshold, bucket.values);
  const why = alone.map(({ label, values }) => {
    const known = values.filter((value) => value !== '');
    return known.length === 0 ? `no series has a label ${label}` : `${label} is one of ${some(known, 8)}`;
  });
  const said = why.length > 0 ? `: ${why.join('; ')}` : '';
  const born = isTotal ? '' : ' That is right if such a series is only born with its first event.';
  return {
    severity: isTotal ? 'error' : 'warning',
    kind: 'no-match',
    where: selector,
    text: `None of the ${countPhrase(ofMetric ?? 0)} series of that name matches${said}.${born}`,
  };
};

/** One finding for all metrics that are not there and come from one source, however many selectors ask for them. */
const absent = (metrics: readonly string[], inputs: readonly Input[], severity: Finding['severity']): Finding => {
  const groups = new Set(inputs.flatMap((input) => input.groups));
  const hint = inputs.every(isAboutNines)
    ? 'What those rules look at stays unseen.'
    : inputs.some(isOurs)
      ? 'Is Nines running, and is it scraped?'
      : 'Is the source scraped, and is the name right?';
  return {
    severity,
    kind: 'no-series',
    where: some(metrics, 4),
    text: `No such series, and ${counted(groups.size, 'rule group')} (${some([...groups], 3)}) would read ${metrics.length === 1 ? 'it' : 'them'}. ${hint}`,
  };
};

/** Those of Nines miss together, and so are told together; others one by one. */
const allAbsent = (gone: ReadonlyMap<string, readonly Input[]>): Finding[] => {
  const severityOf = (inputs: readonly Input[]): Finding['severity'] =>
    inputs.every((input) => isAboutNines(input) || input.notConfigured !== null) ? 'info' : 'error';
  const told = Map.groupBy(gone, ([metric, inputs]) =>
    inputs.some(isOurs) || inputs.every(isAboutNines) ? severityOf(inputs) : metric,
  );
  return [...told.values()].map((all) => {
    const inputs = all.flatMap(([, some]) => some);
    return absent(
      all.map(([metric]) => metric),
      inputs,
      severityOf(inputs),
    );
  });
};

const present = (input: Input, { series, lacking, type, falls, values }: InputAnswer): Finding[] => {
  const where = input.selector;
  const found: Finding[] = Object.entries(lacking).map(([label, count]) => ({
    severity: count === series ? 'error' : 'warning',
    kind: 'labels',
    where,
    text:
      count === series
        ? `None of its series has the label ${label}, by which it is grouped.`
        : `${countPhrase(count)} of ${countPhrase(series)} series lack the label ${label}, by which it is grouped: they become a group without it.`,
  }));
  const say = (kind: Finding['kind'], text: string): void =>
    void found.push({ severity: 'warning', kind, where, text });
  if (type === 'gauge') say('counter', 'Its source calls it a gauge, and rate() is only right for counters.');
  else if (falls !== null && falls > MOST_FALLS)
    say(
      'counter',
      `A series of it fell ${countPhrase(falls)} times in an hour: is it a counter? rate() is only right for those.`,
    );
  const [least, most] = values ?? [0, 1];
  if (least < 0 || most > 1)
    found.push({
      severity: 'error',
      kind: 'gauge',
      where,
      text: `Its values went from ${measurePhrase(least)} to ${measurePhrase(most)} in the last day, and a gauge must be 1 (good) or 0 (bad): record a comparison with bool and let the SLO read that, or measure a ratio.`,
    });
  if (series > MOST_SERIES)
    say(
      'cardinality',
      `It is ${countPhrase(series)} series, read in ${counted(input.groups.length, 'rule group')}: record a sum of it${input.by.length > 0 ? ` by (${input.by.join(', ')})` : ''} first and let the SLO read that, or narrow the selector.`,
    );
  return found;
};

/** Is all there that the rules read from scrapes, as they need it? */
export const inputFindings = (inputs: readonly Input[], answers: InputAnswers): Finding[] => {
  const found: Finding[] = [];
  const gone = new Map<string, Input[]>();
  const idle: string[] = [];
  for (const input of inputs) {
    const answer = answers.get(input.selector);
    if (input.isRecorded || !answer?.ok) continue;
    const { series, ofMetric } = answer.value;
    if (series > 0) found.push(...present(input, answer.value));
    else if (ofMetric === 0 || ofMetric === null) {
      const name = input.metric ?? input.selector;
      gone.set(name, [...(gone.get(name) ?? []), input]);
    } else if (input.notConfigured !== null) idle.push(input.selector);
    else if (!isAboutNines(input)) found.push(unmatched(input, answer.value));
  }
  if (idle.length > 0)
    found.push({
      severity: 'info',
      kind: 'no-match',
      where: some(idle, 2),
      text: `${counted(idle.length, 'selector')} of SLOs that are not configured here match nothing.`,
    });
  return [...allAbsent(gone), ...found];
};
