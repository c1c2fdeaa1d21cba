import { NinesError } from '../errors.ts';
import { SHARED, type GeneratedFile } from './file.ts';

/** Where the records of ownership lie; no generated file may lie there. */
export const RECORDS = '.nines';

const invalid = (message: string): NinesError => new NinesError('output_invalid', message);

/** Why a relative path with `/` may not be written; undefined when it may. */
export const pathMistake = (path: string): string | undefined => {
  const steps = path.split('/');
  if (path === '' || path.length > 400) return 'is empty or too long';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is not relative to the output folder';
  // oxlint-disable-next-line no-control-regex -- no file system or terminal takes them well
  if (/[\u0000-\u001F\u007F\\:*?"<>|]/.test(path)) return 'has a character that not every file system takes';
  if (steps.some((step) => step === '' || step === '.' || step === '..')) return 'has an empty, "." or ".." step';
  if (steps.some((step) => /[. ]$/.test(step))) return 'has a step that ends in a dot or a space';
  if (steps.some((step) => folded(step) === '.git')) return 'lies in .git';
  return undefined;
};

/** As a file system that ignores case and normal forms would read it. */
export const folded = (path: string): string => path.normalize('NFC').toLowerCase().normalize('NFC');

/** Which switch of `--only` a path belongs to. */
export const FAMILIES = [
  'facts',
  'rules',
  'rule-tests',
  'dashboards',
  'prometheus',
  'alertmanager',
  'grafana',
  'other',
] as const;
export type Family = (typeof FAMILIES)[number];

export const familyOf = (path: string): Family => {
  const [first = ''] = path.split('/');
  if (first === 'facts' || first === 'dashboards' || first === 'grafana') return first;
  if (first === 'alerts') return /\.test\.ya?ml$/.test(path) ? 'rule-tests' : 'rules';
  if (/^prometheus\b/.test(first)) return 'prometheus';
  return /^alertmanager\b/.test(first) ? 'alertmanager' : 'other';
};

const originOf = ({ path, owner }: Pick<GeneratedFile, 'path' | 'owner'>): string =>
  `${path} (${owner === SHARED ? 'of what all systems share' : `of the system ${owner}`})`;

/**
 * Refuses a set of files that could not stand side by side on every file system. Throws `output_invalid` that names
 * both origins.
 */
export const checkPaths = (files: readonly Pick<GeneratedFile, 'path' | 'owner'>[]): void => {
  const taken = new Map<string, Pick<GeneratedFile, 'path' | 'owner'>>();
  for (const file of files) {
    const mistake = pathMistake(file.path);
    if (mistake) throw invalid(`Nines would write ${originOf(file)}, but this path ${mistake}.`);
    if (folded(file.path).split('/')[0] === RECORDS)
      throw invalid(`Nines would write ${originOf(file)}, but ${RECORDS}/ is kept for its own records.`);
    if (!/^[a-z0-9][a-z0-9._-]*$/.test(file.owner))
      throw invalid(`${file.path} belongs to ${JSON.stringify(file.owner)}, which is no id of a system.`);
    const other = taken.get(folded(file.path));
    if (other)
      throw invalid(
        `Two generated files would have one name: ${originOf(other)} and ${originOf(file)}. Rename one of the two in its definition.`,
      );
    taken.set(folded(file.path), file);
  }
  for (const file of files) {
    const steps = folded(file.path).split('/');
    for (let length = 1; length < steps.length; length++) {
      const other = taken.get(steps.slice(0, length).join('/'));
      if (other)
        throw invalid(`One name would be a file and a folder: ${originOf(other)} and ${originOf(file)}. Rename one.`);
    }
  }
};
