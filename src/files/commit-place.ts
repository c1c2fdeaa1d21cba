import { ownerOf, parseManifest } from '../generate/manifest.ts';
import { RECORDS } from '../generate/paths.ts';
import type { OnDisk } from '../generate/plan.ts';
import type { Git } from './git.ts';
import { sha256Of, type Place } from './output.ts';

type Entry = { mode: string; object: string };

/** `''` or `config/`: where in the repository the files lie. */
export const prefixOf = (folder: string): string => (folder === '' ? '' : `${folder}/`);

const entriesOf = async (git: Git, commit: string): Promise<Map<string, Entry>> => {
  const listing = (await git.bytes(['ls-tree', '-r', '-z', '--full-tree', commit])).toString('utf8');
  const entries = new Map<string, Entry>();
  for (const line of listing.split('\0')) {
    const [, mode, object, path] = /^(\d+) \w+ ([0-9a-f]+)\t([^]+)$/.exec(line) ?? [];
    if (mode && object && path) entries.set(path, { mode, object });
  }
  return entries;
};

/** All at once: one process for ten files or ten thousand. */
const readAll = async (git: Git, objects: readonly string[]): Promise<Map<string, Buffer>> => {
  const found = new Map<string, Buffer>();
  if (objects.length === 0) return found;
  const answer = await git.bytes(['cat-file', '--batch'], { input: `${objects.join('\n')}\n` });
  for (let at = 0; at < answer.length;) {
    const end = answer.indexOf(10, at);
    const [object = '', , size = '0'] = answer.toString('latin1', at, end).split(' ');
    found.set(object, answer.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return found;
};

const isFile = ({ mode }: Entry): boolean => mode.startsWith('100');

/** A folder of a commit as a place for generated files; `wanted`: the paths that are going to be asked for. */
export const placeInCommit = async (
  git: Git,
  commit: string,
  folder: string,
  wanted: readonly string[],
): Promise<Place> => {
  const prefix = prefixOf(folder);
  const entries = await entriesOf(git, commit);
  const folders = new Set<string>();
  for (const path of entries.keys())
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) folders.add(path.slice(0, end));

  const records = [...entries.keys()].filter((path) => {
    const name = path.slice(`${prefix}${RECORDS}/`.length);
    return path.startsWith(`${prefix}${RECORDS}/`) && !name.includes('/') && ownerOf(name) !== undefined;
  });
  const objectsOf = (paths: readonly string[]): string[] => [
    ...new Set(
      paths
        .flatMap((path) => entries.get(path) ?? [])
        .filter(isFile)
        .map(({ object }) => object),
    ),
  ];
  const recordTexts = await readAll(git, objectsOf(records));
  const manifests = records.flatMap((path) => {
    const text = recordTexts.get(entries.get(path)?.object ?? '');
    return text === undefined ? [] : [parseManifest(path.slice(prefix.length), text.toString('utf8'))];
  });
  const known = [...manifests.flatMap(({ files }) => files.map((file) => file.path)), ...wanted];
  const contents = await readAll(git, objectsOf(known.map((path) => prefix + path)));
  const contentOf = (path: string): Buffer | undefined => contents.get(entries.get(prefix + path)?.object ?? '');

  const onDisk = (path: string): OnDisk => {
    const whole = prefix + path;
    for (let end = whole.indexOf('/'); end !== -1; end = whole.indexOf('/', end + 1))
      if (entries.has(whole.slice(0, end)))
        return { kind: 'blocked', why: `${whole.slice(0, end)} is no folder in the repository` };
    if (folders.has(whole)) return { kind: 'blocked', why: 'is a folder in the repository' };
    const entry = entries.get(whole);
    if (!entry) return { kind: 'missing' };
    const content = contentOf(path);
    return content && isFile(entry)
      ? { kind: 'file', sha256: sha256Of(content) }
      : { kind: 'blocked', why: 'is a link, or a repository of its own' };
  };
  return {
    manifests,
    unfinished: [],
    onDisk,
    textOf: (path) => (onDisk(path).kind === 'file' ? (contentOf(path)?.toString('utf8') ?? null) : null),
  };
};
