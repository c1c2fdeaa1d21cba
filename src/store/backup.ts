import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { NinesError, messageOf } from '../errors.ts';
import { TAR_END, tarEntries, tarHeader, tarPadding, type TarEntry } from './tar.ts';

/** Copies of both databases that nobody writes any more. `release` removes them; calling it again does nothing. */
export type Snapshot = { dir: string; release(): Promise<void> };

/** A backup on its way: a tar archive in pieces. `release` when it is read, or will not be. */
export type Backup = { takenAt: number; chunks: AsyncIterable<Uint8Array>; release(): Promise<void> };

export const PARTS = ['nines.db', 'series.db'] as const;
const MANIFEST = 'manifest.json';

type Manifest = {
  kind: 'nines-backup';
  v: 1;
  takenAt: string;
  files: { name: string; bytes: number; sha256: string }[];
};

/** What a proved backup file holds. */
export type BackupContents = { takenAt: number; bytes: number; entries: ReadonlyMap<string, TarEntry> };

async function* archive(dir: string, takenAt: number, release: () => Promise<void>): AsyncGenerator<Uint8Array> {
  try {
    const files: Manifest['files'] = [];
    for (const name of PARTS) {
      const path = join(dir, name);
      const { size: bytes } = await stat(path);
      const hash = createHash('sha256');
      yield tarHeader(name, bytes, takenAt);
      for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
      yield tarPadding(bytes);
      files.push({ name, bytes, sha256: hash.digest('hex') });
    }
    const manifest: Manifest = { kind: 'nines-backup', v: 1, takenAt: new Date(takenAt).toISOString(), files };
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    yield tarHeader(MANIFEST, text.length, takenAt);
    yield text;
    yield tarPadding(text.length);
    // Last, so that an archive with it was written to its end.
    yield TAR_END;
  } finally {
    await release();
  }
}

/** A snapshot as one archive: both databases, then `manifest.json` with their SHA-256. */
export const backupOf = ({ dir, release }: Snapshot, takenAt: number): Backup => ({
  takenAt,
  chunks: archive(dir, takenAt, release),
  release,
});

const notWhole = (path: string, why: string): NinesError =>
  new NinesError('data_corrupt', `${path} is no whole backup (${why}): take another one.`);

const textOf = async (file: FileHandle, { from, bytes }: TarEntry): Promise<string> =>
  (await file.read(Buffer.alloc(bytes), 0, bytes, from)).buffer.toString('utf8');

const hashOf = async (path: string, { from, bytes }: TarEntry): Promise<string> => {
  const hash = createHash('sha256');
  if (bytes > 0)
    for await (const chunk of createReadStream(path, { start: from, end: from + bytes - 1 }) as AsyncIterable<Buffer>)
      hash.update(chunk);
  return hash.digest('hex');
};

const manifestIn = (text: string): Manifest | null => {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    const isOurs =
      value?.kind === 'nines-backup' && Array.isArray(value.files) && !Number.isNaN(Date.parse(value.takenAt ?? ''));
    return isOurs ? (value as Manifest) : null;
  } catch {
    return null;
  }
};

/** Reads a backup to its end and compares every byte with its manifest. Throws `not_found`, `data_corrupt`, `data_too_new`. */
export const readBackup = async (path: string): Promise<BackupContents> => {
  const opened = await open(path).catch((error: unknown) => {
    throw new NinesError('not_found', `${path} cannot be read (${messageOf(error)}).`, { cause: error });
  });
  await using file = opened;
  const { size } = await file.stat();
  const entries = await tarEntries(file);
  const last = entries?.at(-1);
  if (!entries || last?.name !== MANIFEST || last.bytes > 65_536) throw notWhole(path, 'its end is missing');
  const manifest = manifestIn(await textOf(file, last));
  if (!manifest) throw notWhole(path, 'its manifest cannot be read');
  if (manifest.v !== 1)
    throw new NinesError('data_too_new', `${path} was written by a newer Nines: restore it with that version.`);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  for (const name of PARTS) {
    const entry = byName.get(name);
    const said = manifest.files.find((one) => one.name === name);
    if (!entry || !said) throw notWhole(path, `${name} is not in it`);
    if (entry.bytes !== said.bytes || (await hashOf(path, entry)) !== said.sha256)
      throw notWhole(path, `${name} in it is not as it was written`);
  }
  return { takenAt: Date.parse(manifest.takenAt), bytes: size, entries: byName };
};

const isFull = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOSPC';

/** Writes both databases of a proved backup into a directory, durable when it settles. Throws `data_full`. */
export const extractBackup = async (path: string, contents: BackupContents, dir: string): Promise<void> => {
  try {
    await extract(path, contents, dir);
  } catch (error) {
    if (!isFull(error)) throw error;
    throw new NinesError('data_full', `No room left in ${dir} for what is in ${path}: free ${contents.bytes} bytes.`, {
      cause: error,
    });
  }
};

const extract = async (path: string, { entries }: BackupContents, dir: string): Promise<void> => {
  for (const name of PARTS) {
    const { from = 0, bytes = 0 } = entries.get(name) ?? {};
    await using file = await open(join(dir, name), 'wx', 0o600);
    const source = createReadStream(path, { start: from, end: from + bytes - 1 });
    for await (const chunk of source as AsyncIterable<Buffer>) await file.writeFile(chunk);
    await file.sync();
  }
};
