import { alertmanagerChanges, prometheusChanges } from './changes-config.ts';
import { factChanges, type Told } from './changes-facts.ts';
import { dashboardChanges } from './changes-dashboard.ts';
import { ruleChanges } from './changes-rules.ts';
import { systemUid } from './dashboards/uid.ts';
import { canonical, fieldOf, isRecord } from './value.ts';

/** One difference in words: `duru-notes/api availability` + `objective 99.9 → 99.95`. */
export type Change = { subject: string; what: string; path: string };

/**
 * A file before and after, parsed; null = it is not there. `unreadable`: why the text on disk could not be parsed.
 * `isEdited`: `before` is not what Nines wrote, so that nothing explains it.
 */
export type Compared = { path: string; before: unknown; after: unknown; unreadable?: string; isEdited?: boolean };

type Shape = 'facts' | 'rules' | 'tests' | 'dashboard' | 'prometheus' | 'alertmanager' | 'other';

const shapeOf = (value: unknown): Shape => {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(one)) return 'other';
  if (Array.isArray(one['groups']) || Array.isArray(fieldOf(one['spec'], 'groups'))) return 'rules';
  if (isRecord(one['facts'])) return 'facts';
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

/** A dashboard of one system follows from what was told of it. */
const isOfSystem = ({ path, isEdited }: Compared, { systems }: Told): boolean =>
  !isEdited && [...systems].some((id) => path === `dashboards/${systemUid(id)}.json`);

/**
 * What differs between two sets of generated files, in the words of their definitions: first what the definitions say
 * (`facts/`), then what does not follow from it. Files that are the same need not be given. A file of which no sentence speaks,
 * and whose change follows from none, is named as such. Pure.
 */
export const changesOf = (files: readonly Compared[]): Change[] => {
  const readable = files.filter(({ unreadable }) => unreadable === undefined);
  const shaped = Map.groupBy(readable, (file) => shapeOf(file.after ?? file.before));
  const of = (shape: Shape): Compared[] => shaped.get(shape) ?? [];
  const facts = factChanges(of('facts'));
  const rules = ruleChanges(of('rules'), facts.told);
  const dashboards = of('dashboard').filter((file) => !isOfSystem(file, facts.told));
  const spoken = [...facts.changes, ...rules.changes];
  const tests = of('tests').filter((file) => differs(file) && (spoken.length === 0 || file.isEdited));
  const found = [
    ...spoken,
    ...dashboards.flatMap((file) => dashboardChanges(file, facts.told)),
    ...of('prometheus').flatMap((file) => prometheusChanges(file, facts.told)),
    ...of('alertmanager').flatMap((file) => alertmanagerChanges(file, facts.told)),
    ...tests.flatMap(testChanges),
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
  const named = new Set([...found.map(({ path }) => path), ...rules.spokenOf]);
  const silent = files.filter((file) => !named.has(file.path) && !isExplained(file, found));
  return [...found, ...silent.map(quietChange)];
};

/** Whether it differs, and all of that follows from a sentence: what differs in its layout alone is said. */
const isExplained = (file: Compared, found: readonly Change[]): boolean =>
  found.length > 0 &&
  differs(file) &&
  !file.isEdited &&
  ['tests', 'dashboard', 'prometheus', 'alertmanager'].includes(shapeOf(file.after ?? file.before));

const differs = ({ before, after }: Compared): boolean => canonical(before) !== canonical(after);

/** A file of which no sentence above speaks. */
const quietChange = (file: Compared): Change =>
  differs(file)
    ? wholeFile(file)
    : { subject: file.path, what: 'only its order, layout or comments changed', path: file.path };
