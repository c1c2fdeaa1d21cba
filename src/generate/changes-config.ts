import type { Change, Compared } from './changes.ts';
import type { Told } from './changes-facts.ts';
import { canonical, compared, isRecord, keyed, listOf, textIn } from './value.ts';

/** Without what follows from a sentence about definitions. */
const others = <T extends { before: unknown; after: unknown }>(changed: readonly T[], told: Told): T[] =>
  changed.filter(({ before, after }) => !told.isRenamed(canonical(before), canonical(after)));

const namedChanges = (file: Compared, told: Told, list: string, name: string, word: string): string[] => {
  const side = (value: unknown): Map<string, unknown> => keyed(listOf(value, list), (one) => textIn(one, name) ?? '?');
  const { added, removed, changed } = compared(side(file.before), side(file.after));
  return [
    ...added.map(([key]) => `${word} ${key} added`),
    ...removed.map(([key]) => `${word} ${key} removed`),
    ...others(changed, told).map(({ key }) => `${word} ${key} changed`),
  ];
};

const otherKeys = (file: Compared, told: Told, lists: readonly string[]): string[] => {
  const side = (value: unknown): Map<string, unknown> =>
    new Map(isRecord(value) ? Object.entries(value).filter(([key]) => !lists.includes(key)) : []);
  const { added, removed, changed } = compared(side(file.before), side(file.after));
  return [
    ...added.map(([key]) => `${key} added`),
    ...removed.map(([key]) => `${key} removed`),
    ...others(changed, told).map(({ key }) => `${key} changed`),
  ];
};

const changesIn = (file: Compared, told: Told, subject: string, list: string, name: string, word: string): Change[] => {
  const { path } = file;
  if (file.before === null) return [{ subject, what: `${path} added`, path }];
  if (file.after === null) return [{ subject, what: `${path} removed`, path }];
  const found = [...namedChanges(file, told, list, name, word), ...otherKeys(file, told, [list])];
  return found.map((what) => ({ subject, what, path }));
};

export const prometheusChanges = (file: Compared, told: Told): Change[] =>
  changesIn(file, told, 'prometheus', 'scrape_configs', 'job_name', 'scrape job');

/** `alertmanager: route changed` */
export const alertmanagerChanges = (file: Compared, told: Told): Change[] =>
  changesIn(file, told, 'alertmanager', 'receivers', 'name', 'receiver');
