import type { Change, Compared } from './changes.ts';
import type { Told } from './changes-facts.ts';
import { formatDuration } from '../duration.ts';
import { firstNumber, limitsOf, ofObjective, percent, without, type Limits } from './limits.ts';
import { calendarUnitIn } from './rules/window.ts';
import { RECORDED } from './series.ts';
import { canonical, compared, fieldOf, keyed, listOf, some, textIn } from './value.ts';

type RuleOnFile = { path: string; group: string; interval: string; rule: unknown };
type Side = ReadonlyMap<string, readonly RuleOnFile[]>;

const label = (rule: unknown, name: string): string | undefined => textIn(fieldOf(rule, 'labels'), name);

/** `duru-notes/api availability`, `duru-notes/api health`; rules that say of nobody: their group. */
const subjectOf = ({ rule, group }: RuleOnFile): string => {
  const place = [label(rule, 'system'), label(rule, 'service')].filter(Boolean).join('/');
  const thing = ['slo', 'condition', 'probe'].map((name) => label(rule, name)).find((value) => value !== undefined);
  const words = [place, thing].filter(Boolean).join(' ');
  return words === '' ? `group ${group}` : words;
};

/** Plain rule files, and the same groups within resources of the Prometheus operator. */
const rulesIn = (path: string, value: unknown): RuleOnFile[] =>
  (Array.isArray(value) ? value : [value])
    .flatMap((one: unknown) => [...listOf(one, 'groups'), ...listOf(fieldOf(one, 'spec'), 'groups')])
    .flatMap((group) =>
      listOf(group, 'rules').map((rule) => ({
        path,
        group: textIn(group, 'name') ?? '?',
        interval: textIn(group, 'interval') ?? '',
        rule,
      })),
    );

/** `page-fast` is one whatever its look-backs; a second one of the same name is told apart by its number. */
const keyOf = ({ rule }: RuleOnFile): string => {
  const alert = textIn(rule, 'alert');
  return alert === undefined ? `record ${textIn(rule, 'record') ?? '?'}` : nameOf(rule, alert);
};

const nameOf = (rule: unknown, alert: string): string => {
  const tier = label(rule, 'tier');
  return tier === undefined ? `alert ${alert}` : `tier ${tier}`;
};

const expr = (rule: unknown): string => textIn(rule, 'expr') ?? '';

const recorded = (rules: readonly RuleOnFile[], record: string): string =>
  expr(rules.find((one) => textIn(one.rule, 'record') === record)?.rule);

const constantOf = (rules: readonly RuleOnFile[], record: string): number | undefined =>
  firstNumber(/^vector\((.*)\)$/.exec(recorded(rules, record))?.[1] ?? '');

/** `30d`, `month` */
const windowOf = (rules: readonly RuleOnFile[]): string | undefined => {
  const seconds = constantOf(rules, RECORDED.window);
  return seconds === undefined ? calendarUnitIn(recorded(rules, RECORDED.windowRatio)) : formatDuration(seconds * 1000);
};

/** What is recorded of a window follows from it: told of the window, nobody needs to hear of these. */
const OF_WINDOW = [RECORDED.window, RECORDED.windowRatio, RECORDED.coverage, RECORDED.budgetRemaining];

const alertChange = (
  name: string,
  before: unknown,
  after: unknown,
  objectives: readonly [number | undefined, number | undefined],
): string[] => {
  const said: string[] = [];
  const limits = (rule: unknown, side: 0 | 1): Limits =>
    limitsOf(expr(rule), label(rule, 'tier') === undefined ? undefined : objectives[side]);
  const [then, now] = [limits(before, 0), limits(after, 1)];
  const bare = (side: 0 | 1, text: string): string => {
    const { limits, factors } = side === 0 ? then : now;
    return without([...ofObjective(objectives[side]), ...limits, ...factors.map(Number)], text);
  };
  const factors = [then.factors.join(' / '), now.factors.join(' / ')];
  if (factors[0] !== factors[1]) said.push(`${name} threshold ${factors[0]} → ${factors[1]}`);
  else if (bare(0, expr(before)) !== bare(1, expr(after))) said.push(`${name} query changed`);
  if (textIn(before, 'for') !== textIn(after, 'for'))
    said.push(`${name} waits ${textIn(before, 'for') ?? '0s'} → ${textIn(after, 'for') ?? '0s'}`);
  const labels = [fieldOf(before, 'labels'), fieldOf(after, 'labels')].map(
    (value) => new Map(Object.entries(value ?? {})),
  );
  const changes = compared(labels[0] ?? new Map(), labels[1] ?? new Map());
  for (const { key, before: then, after: now } of changes.changed)
    said.push(`${name} ${key} ${String(then)} → ${String(now)}`);
  for (const [key] of changes.added) said.push(`${name} label ${key} added`);
  for (const [key] of changes.removed) said.push(`${name} label ${key} removed`);
  const texts = [bare(0, canonical(fieldOf(before, 'annotations'))), bare(1, canonical(fieldOf(after, 'annotations')))];
  if (texts[0] !== texts[1]) said.push(`${name} texts changed`);
  return said;
};

const spoken = (name: string): string => name.replace(/^tier /, '');

/** All differences of one subject that stands on both sides. */
const changesWithin = (before: readonly RuleOnFile[], after: readonly RuleOnFile[], told: Told): [string, string][] => {
  const said: [string, string][] = [];
  const objectives = [constantOf(before, RECORDED.objective), constantOf(after, RECORDED.objective)] as const;
  const windows = [windowOf(before), windowOf(after)] as const;
  const path = after[0]?.path ?? '';
  const silent = new Set<string>();
  const alone = before.length === 1 && after.length === 1;
  const aims = objectives.map((objective) => objective && percent(objective));
  for (const [records, [then, now], word] of [
    [[RECORDED.objective], aims, 'objective'],
    [OF_WINDOW, windows, 'window'],
  ] as const)
    if (then !== undefined && now !== undefined && then !== now) {
      said.push([`${word} ${then} → ${now}`, path]);
      for (const record of records) silent.add(`record ${record}`);
    }
  const differences = compared(keyed(before, keyOf), keyed(after, keyOf));
  for (const [key, { path }] of differences.added) said.push([`${spelled(key)} added`, path]);
  for (const [key, { path }] of differences.removed) said.push([`${spelled(key)} removed`, path]);
  const records: string[] = [];
  const isOfObjective = (then: unknown, now: unknown): boolean =>
    without(ofObjective(objectives[0]), canonical(then)) === without(ofObjective(objectives[1]), canonical(now));
  for (const { key, before: then, after: now } of differences.changed) {
    if (told.isRenamed(canonical(then.rule), canonical(now.rule)) || silent.has(key)) continue;
    if (key.startsWith('record ') && isOfObjective(then.rule, now.rule)) continue;
    if (key.startsWith('record ')) records.push(key.slice('record '.length));
    else
      said.push(
        ...alertChange(alone ? '' : spoken(key), then.rule, now.rule, objectives).map((what): [string, string] => [
          what.trimStart(),
          now.path,
        ]),
      );
  }
  if (records.length > 0) said.push([`recorded ${some(records)} changed`, path]);
  const intervals = [before, after].map((rules) =>
    [...new Set(rules.map((one) => one.interval))].toSorted().join(', '),
  );
  if (intervals[0] !== intervals[1]) said.push([`evaluated every ${intervals[0]} → ${intervals[1]}`, path]);
  return said;
};

const spelled = (key: string): string => key.replace(/^record /, 'recorded ');

const bySubject = (files: readonly Compared[], side: 'before' | 'after'): Side =>
  Map.groupBy(
    files.flatMap((file) => rulesIn(file.path, file[side])),
    subjectOf,
  );

/** Sentences, and the files of which they, or sentences about definitions, speak. */
export type RuleChanges = { changes: Change[]; spokenOf: ReadonlySet<string> };

/**
 * All rule files together, so that rules which move from one file to another are no change. Of what follows from `told` is
 * no sentence, but for files that somebody edited.
 */
export const ruleChanges = (files: readonly Compared[], told: Told): RuleChanges => {
  const [before, after] = [bySubject(files, 'before'), bySubject(files, 'after')];
  const edited = new Set(files.filter(({ isEdited }) => isEdited).map(({ path }) => path));
  const spokenOf = new Set<string>();
  const changes = [...new Set([...after.keys(), ...before.keys()])].flatMap((subject): Change[] => {
    const [then = [], now = []] = [before.get(subject), after.get(subject)];
    const paths = [...new Set([...now, ...then].map(({ path }) => path))];
    const isTold = told.subjects.has(subject) && !paths.some((path) => edited.has(path));
    const said = isTold ? [] : changesOfSubject(subject, then, now, told);
    // Of a file that is new or gone speaks what comes and goes with it; what stands on both sides only moved.
    if (said.length > 0 || isTold || isConsequence(then, now, told)) for (const path of paths) spokenOf.add(path);
    return said;
  });
  return { changes, spokenOf };
};

const isConsequence = (then: readonly RuleOnFile[], now: readonly RuleOnFile[], told: Told): boolean => {
  const [before, after] = [canonical(then.map(({ rule }) => rule)), canonical(now.map(({ rule }) => rule))];
  return before !== after && told.isRenamed(before, after);
};

const changesOfSubject = (
  subject: string,
  then: readonly RuleOnFile[],
  now: readonly RuleOnFile[],
  told: Told,
): Change[] => {
  if (now.length === 0) return [{ subject, what: 'removed', path: then[0]?.path ?? '' }];
  if (then.length === 0) return [{ subject, what: 'added', path: now[0]?.path ?? '' }];
  return changesWithin(then, now, told).map(([what, path]) => ({ subject, what, path }));
};
