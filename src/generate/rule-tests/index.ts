import type { Catalog } from '../../definition/catalog.ts';
import { DAY, HOUR } from '../../duration.ts';
import { durationText } from '../../promql/print.ts';
import type { Slo } from '../../slo/slo.ts';
import type { GeneratedFile } from '../file.ts';
import type { Part } from '../generate.ts';
import { yamlOf } from '../yaml.ts';
import { books } from './books.ts';
import { period, spent } from './budget.ts';
import { burning } from './burning.ts';
import { conditionStory } from './conditions.ts';
import { feedOf } from './feed.ts';
import type { Feed } from './feed.ts';
import { input, slowInput } from './input.ts';
import { dayRecords, FAST_RECORDS, fastRecords, noRatio, slowRecords } from './records.ts';
import { areApart } from './selector.ts';
import type { Source } from './selector.ts';
import { FAST, HOURLY, SLOW } from './story.ts';
import { printed, printer } from './printed.ts';
import type { Printed } from './printed.ts';
import type { Rhythm, Story, Tested } from './story.ts';
import { servedBy, sloGroupNames } from '../rules/groups.ts';
import { gapMsOf } from '../rules/subject.ts';

type Tell = (slo: Tested, feed: Feed) => readonly Story[];

const fastStories: Tell = (slo, feed) => {
  const teller = { slo, feed, rhythm: FAST };
  return [
    ...slo.tiers.filter(({ longMs }) => longMs < DAY).flatMap((tier) => burning(teller, tier, true)),
    ...input(teller),
    fastRecords(teller),
    ...noRatio(teller, [...FAST_RECORDS, 6 * HOUR]),
  ];
};

const slowStories: Tell = (slo, feed) => {
  const teller = { slo, feed, rhythm: SLOW };
  return [
    ...slo.tiers.filter(({ longMs }) => longMs >= DAY).flatMap((tier) => burning(teller, tier, false)),
    slowRecords(teller),
    ...noRatio(teller, [2 * HOUR, DAY, 3 * DAY]),
    ...slowInput(teller),
    spent(teller),
    ...period(teller),
    ...books(teller),
  ];
};

const dayStories: Tell = (slo, feed) => [dayRecords({ slo, feed, rhythm: HOURLY })];

const testedOf = (catalog: Catalog, slo: Slo): Tested => {
  const { id, system, environment, service, objective, window, tiers, minBad, noData, settleLagMs, indicator } = slo;
  const place = { id, system, environment, service };
  const judged = { objective, window, tiers, minBad, noData, settleLagMs };
  const counted = indicator.kind === 'promql' ? indicator : { kind: indicator.kind };
  return { ...place, ...judged, indicator: counted, gapMs: gapMsOf(catalog, slo) };
};

/** Stories of one SLO, and the series of the user's that they feed. */
type Told = { sources: readonly Source[]; stories: () => readonly Printed[] };

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
  return found.map(({ told }) => told);
};

/** One promise, kept by several. */
const testText = (promise: string, stories: readonly Printed[], { stepMs }: Rhythm): string => {
  const series = stories.filter((one) => one.series !== '').map((one) => `      # ${one.subject}\n${one.series}`);
  const checks = stories.map((one) => `      # ${one.subject}\n${one.checks}`);
  return [
    yamlOf([{ name: promise, interval: durationText(stepMs) }], '  '),
    ...(series.length > 0 ? ['    input_series:\n', ...series] : []),
    '    promql_expr_test:\n',
    ...checks,
  ].join('');
};

/** The tests of one bin: of each promise one. */
function* testsOf(stories: readonly Printed[], rhythm: Rhythm): Generator<string> {
  for (const [promise, all] of Map.groupBy(stories, (story) => story.promise)) yield testText(promise, all, rhythm);
}

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
  const conditions = servedBy(systemId, catalog.conditions);
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
    yield* testsOf(printed(now), FAST);
  }
}

function* chunksOf(
  catalog: Catalog,
  systemId: string,
  { rhythm, rules, says }: Kind,
  print: ReturnType<typeof printer>,
): Generator<string> {
  const isOne = rules.length === 1;
  yield `# Code generated by nines from slo/${systemId}.yaml; DO NOT EDIT.\n# ${says}\n`;
  yield yamlOf({
    rule_files: rules.map((suffix) => `${systemId}${suffix}.rules.yml`),
    evaluation_interval: durationText(rhythm.everyMs),
    group_eval_order: isOne ? undefined : orderOf(catalog, systemId),
  });
  const told: Told[] = [];
  for (const slo of servedBy(systemId, catalog.slos)) {
    const tested = testedOf(catalog, slo);
    const feed = feedOf(tested);
    if (typeof feed === 'string') yield `# Not tested: ${slo.id}, because ${feed.replaceAll('\n', ' ')}.\n`;
    else told.push({ sources: feed.sources, stories: () => print(tested, feed) });
  }
  let isEmpty = true;
  const begun = (text: string): string => {
    const start = isEmpty ? 'tests:\n' : '';
    isEmpty = false;
    return start + text;
  };
  for (const bin of bins(told)) {
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
  const systems = [...catalog.systems.keys()].sort();
  return KINDS.flatMap((kind) => {
    const print = printer(kind.tell);
    return systems.map((id): GeneratedFile => ({
      path: `alerts/${id}${kind.suffix}.rules.test.yml`,
      owner: id,
      chunks: () => chunksOf(catalog, id, kind, print),
    }));
  });
};
