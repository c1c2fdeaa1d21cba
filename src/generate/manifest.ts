import { NinesError } from '../errors.ts';
import { folded, pathMistake, RECORDS } from './paths.ts';

/** What one owner's files were when they were last written. Nothing in it depends on time or on the machine. */
export type Manifest = { owner: string; files: readonly Owned[] };
/** `sha256` of the whole file, hex. */
export type Owned = { path: string; sha256: string };
/** What a run began: without `sha256` it was only made ready beside its place, and nothing that lies there is known. */
export type Begun = { path: string; sha256?: string };

const SUFFIX = '.manifest.json';

/** `.nines/duru-notes.manifest.json` */
export const manifestPath = (owner: string): string => `${RECORDS}/${owner}${SUFFIX}`;

/** The owner that a file name in `.nines/` stands for; undefined for other files. */
export const ownerOf = (name: string): string | undefined =>
  name.endsWith(SUFFIX) && name.length > SUFFIX.length ? name.slice(0, -SUFFIX.length) : undefined;

const byPath = (a: Owned, b: Owned): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/** One file per line, so that two branches that change different files merge. */
export const printManifest = ({ owner, files }: Manifest): string => {
  const lines = files
    .toSorted(byPath)
    .map(
      ({ path, sha256 }) => `    ${JSON.stringify({ path, sha256 }).replace('","', '", "').replaceAll('":"', '": "')}`,
    );
  return `{\n  "generatedBy": "nines",\n  "format": 1,\n  "owner": ${JSON.stringify(owner)},\n  "files": [\n${lines.join(',\n')}\n  ]\n}\n`;
};

const damaged = (path: string, why: string): NinesError =>
  new NinesError(
    'output_invalid',
    `${path} is damaged (${why}), so Nines cannot tell which files are its own. Bring it back from version control, or delete it and run nines generate --adopt.`,
  );

const isBegun = (value: unknown): value is Begun =>
  typeof value === 'object' &&
  value !== null &&
  'path' in value &&
  typeof value.path === 'string' &&
  (!('sha256' in value) || (typeof value.sha256 === 'string' && /^[0-9a-f]{64}$/.test(value.sha256)));

const isOwned = (value: unknown): value is Owned => isBegun(value) && value.sha256 !== undefined;

/** Text of a record → its object. */
const readRecord = <File extends Begun>(
  path: string,
  text: string,
  isEntry: (value: unknown) => value is File,
): { files: readonly File[]; owner: unknown } => {
  if (/^(?:<{7}|={7}|>{7})/m.test(text)) throw damaged(path, 'it has conflict markers');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path, text.trim() === '' ? 'it is empty' : 'it is no JSON');
  }
  if (typeof value !== 'object' || value === null || !('files' in value) || !Array.isArray(value.files))
    throw damaged(path, 'it has no list of files');
  if (!('format' in value) || value.format !== 1) throw damaged(path, 'it is not of format 1');
  const files = value.files.map((file: unknown, index): File => {
    if (!isEntry(file)) throw damaged(path, `entry ${index + 1} is no path with a SHA-256`);
    // A record that somebody changed must not make us delete what lies elsewhere.
    if (pathMistake(file.path) || folded(file.path).split('/')[0] === RECORDS)
      throw damaged(path, `${JSON.stringify(file.path)} cannot be one of our files`);
    return file;
  });
  return { files, owner: 'owner' in value ? value.owner : undefined };
};

/** Text of a manifest → its content. Throws `output_invalid` that says what to do about a damaged one. */
export const parseManifest = (path: string, text: string): Manifest => {
  const { files, owner } = readRecord(path, text, isOwned);
  if (typeof owner !== 'string' || path !== manifestPath(owner)) throw damaged(path, 'it names another owner');
  return { owner, files };
};

/**
 * What a run is about to write, put down before its first file: files that a killed run wrote, and no manifest knows yet,
 * are ours all the same.
 */
export const UNFINISHED = `${RECORDS}/unfinished.json`;
export const printUnfinished = (files: readonly Begun[]): string => `${JSON.stringify({ format: 1, files })}\n`;
/** Throws `output_invalid`. */
export const parseUnfinished = (text: string): readonly Begun[] => readRecord(UNFINISHED, text, isBegun).files;
