import type { Change, Compared } from './changes.ts';
import { compared, isRecord, keyed, listOf, textIn } from './value.ts';

const namedChanges = (file: Compared, list: string, name: string, word: string): string[] => {
  const side = (value: unknown): Map<string, unknown> => keyed(listOf(value, list), (one) => textIn(one, name) ?? '?');
  const { added, removed, changed } = compared(side(file.before), side(file.after));
  return [
    ...added.map(([key]) => `${word} ${key} added`),
    ...removed.map(([key]) => `${word} ${key} removed`),
    ...changed.map(({ key }) => `${word} ${key} changed`),
  ];
};

const otherKeys = (file: Compared, lists: readonly string[]): string[] => {
  const side = (value: unknown): Map<string, unknown> =>
    new Map(isRecord(value) ? Object.entries(value).filter(([key]) => !lists.includes(key)) : []);
  const { added, removed, changed } = compared(side(file.before), side(file.after));
  return [
    ...added.map(([key]) => `${key} added`),
    ...removed.map(([key]) => `${key} removed`),
    ...changed.map(({ key }) => `${key} changed`),
  ];
};

const changesIn = (file: Compared, subject: string, list: string, name: string, word: string): Change[] => {
  const { path } = file;
  if (file.before === null) return [{ subject, what: `${path} added`, path }];
  if (file.after === null) return [{ subject, what: `${path} removed`, path }];
  const found = [...namedChanges(file, list, name, word), ...otherKeys(file, [list])];
  return found.map((what) => ({ subject, what, path }));
};

export const prometheusChanges = (file: Compared): Change[] =>
  changesIn(file, 'prometheus', 'scrape_configs', 'job_name', 'scrape job');

/** `alertmanager: route changed` */
export const alertmanagerChanges = (file: Compared): Change[] =>
  changesIn(file, 'alertmanager', 'receivers', 'name', 'receiver');
