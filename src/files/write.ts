import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file so that a reader, or a crash at any instant, sees the old text or the new one and nothing between.
 * Creates missing folders. Rejects with the file system's error and leaves no temporary file behind.
 */
export const writeAtomically = (path: string, text: string | Uint8Array): Promise<void> =>
  replaceWhole(path, 0o666, (file) => file.writeFile(text));

/**
 * Writes a file piece by piece, readable by its owner alone. It gets its name when it is durable and `prove` had nothing
 * against it; until then, and after any failure, the name is as it was.
 */
export const writeWhole = (
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  prove: (temporary: string) => Promise<void>,
): Promise<void> =>
  replaceWhole(
    path,
    0o600,
    async (file) => {
      for await (const chunk of chunks) await file.writeFile(chunk);
    },
    prove,
  );

const replaceWhole = async (
  path: string,
  mode: number,
  write: (file: FileHandle) => Promise<void>,
  prove: (temporary: string) => Promise<void> = async () => {},
): Promise<void> => {
  const dir = dirname(path);
  await mkdir(dir, { recursive: true });
  const temporary = join(dir, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    {
      await using file = await open(temporary, 'wx', mode);
      await write(file);
      await file.sync();
    }
    await prove(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dir);
};

/** The rename itself is durable only when the folder is; some systems cannot open a folder, and then it is theirs. */
export const syncFolder = async (dir: string): Promise<void> => {
  try {
    await using folder = await open(dir, 'r');
    await folder.sync();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EISDIR' && code !== 'EPERM' && code !== 'EACCES' && code !== 'EINVAL') throw error;
  }
};
