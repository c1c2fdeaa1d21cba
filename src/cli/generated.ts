import type { Catalog } from '../definition/catalog.ts';
import { NinesError } from '../errors.ts';
import { DEFAULT_OPTIONS, parseVersion, type GeneratedFile, type GenerateOptions } from '../generate/file.ts';
import { generate } from '../generate/generate.ts';
import { FAMILIES, familyOf, type Family } from '../generate/paths.ts';
import { catalogOf } from './catalog.ts';
import type { Invocation, Values } from './table.ts';

/** Files of the catalog that an invocation asks for, and which paths it is about (`--only`): all of theirs, and no other. */
export type Generated = {
  files: readonly GeneratedFile[];
  inScope: (path: string) => boolean;
  /** What its author should know before others read the files; null when there is nothing. */
  warning: string | null;
};

const invalid = (message: string): NinesError => new NinesError('config_invalid', message);

const optionsOf = (values: Values): GenerateOptions => {
  const min = values['prometheus-min'];
  const prometheusMin = typeof min === 'string' ? parseVersion(min) : DEFAULT_OPTIONS.prometheusMin;
  if (!prometheusMin) throw invalid(`--prometheus-min must be a version such as 2.42, got ${JSON.stringify(min)}.`);
  const target = values['target'] ?? DEFAULT_OPTIONS.target;
  if (target !== 'prometheus' && target !== 'prometheusrule')
    throw invalid(`--target must be prometheus or prometheusrule, got ${JSON.stringify(target)}.`);
  return { ...DEFAULT_OPTIONS, prometheusMin, target };
};

const isFamily = (word: string): word is Family => (FAMILIES as readonly string[]).includes(word);

const scopeOf = ({ only }: Values): ((family: Family) => boolean) => {
  if (typeof only !== 'string') return () => true;
  const words = only.split(',').map((word) => word.trim());
  const families = new Set(words.filter(isFamily));
  const unknown = words.find((word) => !isFamily(word));
  if (unknown !== undefined)
    throw invalid(`--only takes ${FAMILIES.join(', ')}, divided by commas; got ${JSON.stringify(unknown)}.`);
  return (family) => families.has(family);
};

/** Alerts of a real system are read on a phone, where localhost is the phone itself. */
const warningOf = ({ environment, links }: Catalog): string | null =>
  environment === 'production' && !links.isWritten
    ? `No links.yaml says where your Nines and Grafana are, so links in alerts and dashboards lead to ${links.nines} and ${links.grafana}.`
    : null;

/** On stderr, unless a program reads along. */
export const warn = ({ warning }: Generated, { json }: Values): void => {
  if (warning !== null && !json) process.stderr.write(`nines: ${warning}\n`);
};

/**
 * The definitions as `nines check` reads them → their files. Throws `config_invalid` for a flag, `definition_invalid`,
 * `definition_unreadable`.
 */
export const generatedFor = async (invocation: Invocation): Promise<Generated> => {
  const [options, isAsked] = [optionsOf(invocation.values), scopeOf(invocation.values)];
  const { catalog } = await catalogOf(invocation);
  return {
    files: await generate(catalog, options, isAsked),
    inScope: (path) => isAsked(familyOf(path)),
    warning: warningOf(catalog),
  };
};

/** `1 file`, `12 files` */
export const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
