import { readFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { isRunbookPage } from '../definition/runbook.ts';
import { NinesError, messageOf } from '../errors.ts';

/** A definition file as `load` takes it; `file` is shown to people. */
export type TextFile = { file: string; text: Uint8Array };

export type Definitions = {
  /** Systems, policies and channels, sorted by name. */
  files: readonly TextFile[];
  /** requirements.yaml, where there is one. */
  requirements: TextFile | null;
};

const isDefinition = (name: string): boolean => /^[^.].*\.ya?ml$/i.test(name);
const isRequirements = (name: string): boolean => /^requirements\.ya?ml$/i.test(name);

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown');

/** `./slo` and `slo/` are shown as `slo`, so that a message reads `slo/duru-notes.yaml:18:14`. */
const shownDir = (dir: string): string => posix.normalize(dir.replaceAll('\\', '/')).replace(/\/$/, '');

/**
 * All *.yaml and *.yml of a folder (not of folders in it). Throws `definition_unreadable` when the folder or a file
 * in it cannot be read; a file that disappears meanwhile is left out.
 */
export const readDefinitions = async (dir: string): Promise<Definitions> => {
  const names = await namesIn(dir);
  const read = await Promise.all(names.map((name) => readOne(dir, name)));
  const present = read.filter((one) => one !== null);
  return {
    files: present.filter(({ name }) => !isRequirements(name)).map(({ file, text }) => ({ file, text })),
    requirements: present.find(({ name }) => isRequirements(name)) ?? null,
  };
};

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder; create it or name another with --config',
  ENOTDIR: 'it is a file; name the folder that it lies in with --config',
};

const namesIn = async (dir: string): Promise<string[]> => {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const names = entries
      .filter((entry) => !entry.isDirectory() && isDefinition(entry.name))
      .map((entry) => entry.name);
    // By code units: the same order on every machine.
    return names.sort();
  } catch (error) {
    const hint = HINTS[codeOf(error)] ?? messageOf(error);
    throw new NinesError('definition_unreadable', `Definitions cannot be read from ${dir}: ${hint}.`, { cause: error });
  }
};

const readOne = async (dir: string, name: string): Promise<(TextFile & { name: string }) | null> => {
  const file = posix.join(shownDir(dir), name);
  try {
    return { name, file, text: await readFile(join(dir, name)) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new NinesError('definition_unreadable', `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
};

/** Pages of the package, which Nines serves beside those of its user. */
const SHIPPED_RUNBOOKS = join(import.meta.dirname, '../../docs/runbooks');

/** File names of the runbooks that Nines serves for this folder of definitions; a folder that is not there holds none. */
export const readRunbookNames = async (dir: string): Promise<ReadonlySet<string>> => {
  const folders = [SHIPPED_RUNBOOKS, join(dir, 'runbooks')];
  const names = await Promise.all(folders.map((folder) => readdir(folder).catch((): string[] => [])));
  return new Set(names.flat().filter(isRunbookPage));
};

/**
 * Looks references up as `load` asks for them: `env:NAME` in `env`, `file:path` (relative to the working folder) on disk
 * without the line break at its end. Read anew each time, because mounted secrets are replaced while we run.
 */
export const createLookup =
  (env: Readonly<Record<string, string | undefined>>) =>
  (reference: string): string | undefined => {
    if (reference.startsWith('env:'))
      return Object.hasOwn(env, reference.slice(4)) ? env[reference.slice(4)] || undefined : undefined;
    if (!reference.startsWith('file:')) return undefined;
    try {
      return readFileSync(resolve(reference.slice(5)), 'utf8').replace(/\r?\n$/, '') || undefined;
    } catch {
      return undefined;
    }
  };
