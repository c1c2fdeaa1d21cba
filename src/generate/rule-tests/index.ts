import type { Catalog } from '../../definition/catalog.ts';
import { DAY, HOUR } from '../../duration.ts';
import { durationText } from '../../promql/print.ts';
import type { Slo } from '../../slo/slo.ts';
import type { GeneratedFile } from '../file.ts';
import type { Part } from '../generate.ts';
import { yamlOf } from '../yaml.ts';
import { books, period, spent } from './budget.ts';
import { burning } from './burning.ts';
import { conditionStory } from './conditions.ts';
import { feedOf } from './feed.ts';
import { input, slowInput } from './input.ts';
import { dayRecords, FAST_RECORDS, fastRecords, noRatio, slowRecords } from './records.ts';
import { areApart } from './selector.ts';
import type { Source } from './selector.ts';
import { FAST, HOURLY, SLOW } from './story.ts';
import type { Check, Rhythm, Story, Teller } from './story.ts';
import { sloGroupNames } from '../rules/groups.ts';

/** Stories of one SLO (with what is fed together in mind), or a sentence why there are none. */
type Told = { sources: readonly Source[]; stories: () => readonly Story[] };
type Untold = { id: string; why: string };
type Tell = (catalog: Catalog, teller: Teller) => readonly Story[];

const fastStories: Tell = (catalog, teller) => [
  ...teller.slo.tiers.filter(({ longMs }) => longMs < DAY).flatMap((tier) => burning(teller, tier, true)),
  ...input(catalog, teller),
  fastRecords(teller),
  ...noRatio(teller, [...FAST_RECORDS, 6 * HOUR]),
];

const slowStories: Tell = (catalog, teller) => [
  ...teller.slo.tiers.filter(({ longMs }) => longMs >= DAY).flatMap((tier) => burning(teller, tier, false)),
  slowRecords(teller),
  ...noRatio(teller, [2 * HOUR, DAY, 3 * DAY]),
  ...slowInput(catalog, teller),
  spent(teller),
  ...period(teller),
  ...books(teller),
];

const dayStories: Tell = (_catalog, teller) => [dayRecords(teller)];

const told = (catalog: Catalog, slo: Slo, { rhythm, tell }: Kind): Told | Untold => {
  const feed = feedOf(slo);
  if (typeof feed === 'string') return { id: slo.id, why: feed };
  return { sources: feed.sources, stories: () => tell(catalog, { slo, feed, rhythm }) };
};

/** Those that can be told together, since no series reaches two of them: each test evaluates all rules of its system. */
const bins = (all: readonly Told[]): Told[][] => {
  const found: { told: Told[]; named: Map<string, Source[]> }[] = [];
  for (const one of all) {
    const isFree = ({ named }: (typeof found)[number]): boolean =>
      one.sources.every((source) => (named.get(source.name) ?? []).every((other) => areApart(source, other)));
    const fits = found.find(isFree);
    const bin = fits ?? { told: [], named: new Map<string, Source[]>() };
    if (!fits) found.push(bin);
    bin.told.push(one);
    for (const source of one.sources) bin.named.set(source.name, [...(bin.named.get(source.name) ?? []), source]);
  }
  return found.map((bin) => bin.told);
};

const indented = (yaml: Parameters<typeof yamlOf>[0]): string => yamlOf(yaml, '      ');

const checkText = ({ expr, atMs, value, labels = '{}', because }: Check): string =>
  `      # ${because}\n` +
  indented([{ expr, eval_time: durationText(atMs), exp_samples: value === null ? [] : [{ labels, value }] }]);

/** One promise, kept by several. */
const testText = (promise: string, stories: readonly Story[], { stepMs }: Rhythm): string => {
  const fed = stories.filter(({ series }) => series.length > 0);
  const series = fed.map((one) => `      # ${one.subject}\n${indented([...one.series])}`);
  const checks = stories.map((one) => `      # ${one.subject}\n${one.checks.map(checkText).join('')}`);
  return [
    yamlOf([{ name: promise, interval: durationText(stepMs) }], '  '),
    ...(series.length > 0 ? ['    input_series:\n', ...series] : []),
    '    promql_expr_test:\n',
    ...checks,
  ].join('');
};

/** The tests of one bin: of each promise one. */
function* testsOf(stories: readonly Story[], rhythm: Rhythm): Generator<string> {
  const promises = Map.groupBy(
    stories.filter(({ checks }) => checks.length > 0),
    ({ promise }) => promise,
  );
  for (const [promise, all] of promises) yield testText(promise, all, rhythm);
}

const byId = <T extends { id: string }>(all: Iterable<T>): T[] =>
  [...all].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

/** `rules` are the suffixes of the rule files that it loads. */
type Kind = { suffix: string; rules: readonly string[]; rhythm: Rhythm; tell: Tell; says: string };

const KINDS: readonly Kind[] = [
  {
    suffix: '',
    rules: [''],
    rhythm: FAST,
    tell: fastStories,
    says: 'Groups that are evaluated every 30 s: promtool evaluates all rules so, and looks at no interval of a group.',
  },
  {
    suffix: '.slow',
    rules: ['', '.slow'],
    rhythm: SLOW,
    tell: slowStories,
    says: 'Groups that are evaluated every 5 min: promtool evaluates all rules so, and looks at no interval of a group.',
  },
  {
    suffix: '.days',
    rules: ['', '.slow'],
    rhythm: HOURLY,
    tell: dayStories,
    says: 'Look-backs of days. All rules are evaluated every hour, so that promtool can hold so much and is done soon.',
  },
];

/** promtool evaluates groups in any order but this: slow ones read what fast ones record. Those not named come first. */
const orderOf = (catalog: Catalog, systemId: string): string[] => {
  const names = sloGroupNames(catalog, systemId);
  return [...names.slice(0, 1).map(({ fast }) => fast), ...names.map(({ slow }) => slow)];
};

function* conditionTests(catalog: Catalog, systemId: string): Generator<string> {
  const conditions = byId(catalog.conditions.values()).filter((one) => one.system === systemId && one.served);
  const rest = conditions.flatMap((condition) => conditionStory(catalog, condition) ?? []);
  // Two conditions on one metric need two tests.
  while (rest.length > 0) {
    const seen = new Set<string>();
    const now = rest.filter(({ series }) => {
      const isNew = series.every((one) => !seen.has(one.series));
      for (const one of series) seen.add(one.series);
      return isNew;
    });
    for (const story of now) rest.splice(rest.indexOf(story), 1);
    yield* testsOf(now, FAST);
  }
}

function* chunksOf(catalog: Catalog, systemId: string, kind: Kind): Generator<string> {
  const { rhythm, rules } = kind;
  const isOne = rules.length === 1;
  yield `# Code generated by nines from slo/${systemId}.yaml; DO NOT EDIT.\n# ${kind.says}\n`;
  yield yamlOf({
    rule_files: rules.map((suffix) => `${systemId}${suffix}.rules.yml`),
    evaluation_interval: durationText(rhythm.everyMs),
    group_eval_order: isOne ? undefined : orderOf(catalog, systemId),
  });
  const tellable: Told[] = [];
  for (const slo of byId(catalog.slos.values())) {
    if (slo.system !== systemId || !slo.served) continue;
    const one = told(catalog, slo, kind);
    if ('why' in one) yield `# Not tested: ${one.id}, because ${one.why.replaceAll('\n', ' ')}.\n`;
    else tellable.push(one);
  }
  let isEmpty = true;
  const begun = (text: string): string => {
    const start = isEmpty ? 'tests:\n' : '';
    isEmpty = false;
    return start + text;
  };
  for (const bin of bins(tellable)) {
    const stories = bin.flatMap((one) => one.stories());
    for (const text of testsOf(stories, rhythm)) yield begun(text);
  }
  if (isOne) for (const text of conditionTests(catalog, systemId)) yield begun(text);
  if (isEmpty) yield 'tests: []\n';
}

/**
 * Tests of every system's rules for `promtool test rules`, which needs nothing but these files beside the rules. What they
 * expect is counted from the definition. The operator's `PrometheusRule` is nothing that promtool can read.
 */
export const ruleTestFiles: Part = (catalog, { target }) => {
  if (target !== 'prometheus') return [];
  return [...catalog.systems.keys()].sort().flatMap((id) =>
    KINDS.map((kind): GeneratedFile => ({
      path: `alerts/${id}${kind.suffix}.rules.test.yml`,
      owner: id,
      chunks: () => chunksOf(catalog, id, kind),
    })),
  );
};
