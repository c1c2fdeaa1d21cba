import { alertmanagerChanges, prometheusChanges } from './changes-config.ts';
import { dashboardChanges } from './changes-dashboard.ts';
import { ruleChanges } from './changes-rules.ts';
import { canonical, fieldOf, isRecord } from './value.ts';

/** One difference in words: `duru-notes/api availability` + `objective 99.9 → 99.95`. */
export type Change = { subject: string; what: string; path: string };

/** A file before and after, parsed; null = it is not there. `unreadable`: why the text on disk could not be parsed. */
export type Compared = { path: string; before: unknown; after: unknown; unreadable?: string };

type Shape = 'rules' | 'tests' | 'dashboard' | 'prometheus' | 'alertmanager' | 'other';

const shapeOf = (value: unknown): Shape => {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(one)) return 'other';
  if (Array.isArray(one['groups']) || Array.isArray(fieldOf(one['spec'], 'groups'))) return 'rules';
  if (Array.isArray(one['tests'])) return 'tests';
  if (Array.isArray(one['panels']) || Array.isArray(fieldOf(one['spec'], 'panels'))) return 'dashboard';
  if ('scrape_configs' in one) return 'prometheus';
  return 'receivers' in one ? 'alertmanager' : 'other';
};

const cases = (value: unknown): number => {
  const tests = fieldOf(value, 'tests');
  return Array.isArray(tests) ? tests.length : 0;
};

const wholeFile = ({ path, before, after }: Compared): Change => {
  const what = before === null ? 'added' : after === null ? 'removed' : 'changed';
  return { subject: path, what, path };
};

const testChanges = (file: Compared): Change[] => {
  if (file.before === null || file.after === null) return [wholeFile(file)];
  const counts = [cases(file.before), cases(file.after)];
  const more = counts[0] === counts[1] ? '' : ` (${counts[0]} → ${counts[1]} cases)`;
  return [{ subject: file.path, what: `tests changed${more}`, path: file.path }];
};

/**
 * What differs between two sets of generated files, in the words of their definitions. Files that are the same need not
 * be given. Every given file is named at least once. Pure.
 */
export const changesOf = (files: readonly Compared[]): Change[] => {
  const readable = files.filter(({ unreadable }) => unreadable === undefined);
  const shaped = Map.groupBy(readable, (file) => shapeOf(file.after ?? file.before));
  const of = (shape: Shape): Compared[] => shaped.get(shape) ?? [];
  const found = [
    ...ruleChanges(of('rules')),
    ...of('dashboard').flatMap(dashboardChanges),
    ...of('prometheus').flatMap(prometheusChanges),
    ...of('alertmanager').flatMap(alertmanagerChanges),
    ...of('tests').filter(differs).flatMap(testChanges),
    ...of('other').filter(differs).map(wholeFile),
    ...files.flatMap(({ path, unreadable }) =>
      unreadable === undefined
        ? []
        : [
            {
              subject: path,
              what: `cannot be read as it is on disk (${unreadable}); all of it would be replaced`,
              path,
            },
          ],
    ),
  ];
  const named = new Set(found.map(({ path }) => path));
  const silent = files.filter(({ path }) => !named.has(path));
  return [...found, ...silent.map(quietChange)];
};

const differs = ({ before, after }: Compared): boolean => canonical(before) !== canonical(after);

/** A file of which no sentence above speaks. */
const quietChange = (file: Compared): Change =>
  differs(file)
    ? wholeFile(file)
    : { subject: file.path, what: 'only its order, layout or comments changed', path: file.path };
