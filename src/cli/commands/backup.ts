import { existsSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { systemClock } from '../../clock.ts';
import { NinesError, messageOf } from '../../errors.ts';
import { writeWhole } from '../../files/write.ts';
import { readBackup, type Backup } from '../../store/backup.ts';
import { backUpDirectory } from '../../store/sqlite-offline.ts';
import { verifyBackup } from '../../store/sqlite-restore.ts';
import { configOf } from '../config.ts';
import { asksServer } from '../data-place.ts';
import { print, printJson, size } from '../print.ts';
import { serverOf } from '../server.ts';
import type { Run } from '../table.ts';

const isLocked = (error: unknown): boolean => error instanceof NinesError && error.code === 'data_locked';

/** Throws `data_corrupt` for the first thing that is not as it must be. */
const sound = async (temporary: string): Promise<{ takenAt: number; bytes: number }> => {
  const { findings, ...taken } = await verifyBackup(temporary, tmpdir());
  const wrong = findings.find(({ ok }) => !ok);
  if (wrong)
    throw new NinesError(
      'data_corrupt',
      `What is to be backed up is not sound, so nothing was written (without --verify it is): ${wrong.what}: ${wrong.text}`,
    );
  return taken;
};

const unwritten = (error: unknown, file: string, temporary: string): NinesError =>
  error instanceof NinesError
    ? new NinesError(error.code, temporary ? error.message.replaceAll(temporary, file) : error.message, {
        cause: error,
      })
    : new NinesError(
        error instanceof Error && 'code' in error && error.code === 'ENOSPC' ? 'data_full' : 'invalid_request',
        `${file} cannot be written (${messageOf(error)}): name a place with room for it.`,
        { cause: error },
      );

/** One file with everything, made by the running server, or from the files when none runs. */
export const run: Run = async (invocation) => {
  const { values, positionals } = invocation;
  const [file] = positionals;
  if (!file) throw new NinesError('invalid_request', 'Name the file to write: nines backup FILE.');
  const config = configOf(invocation);
  const path = resolve(file);
  if (existsSync(path) && !values['force'])
    throw new NinesError('conflict', `${file} exists already: name another file, or replace it with --force.`);
  const server = serverOf(config);
  const by = typeof values['by'] === 'string' ? values['by'] : userInfo().username;
  const fromServer = () => server.download('/api/v1/backup', { by }, 'application/x-tar');
  let made: Backup | null = null;
  if (!asksServer(invocation, config))
    made = await backUpDirectory(config.dataDir, systemClock.now()).catch((error: unknown) => {
      // A server whose nines.pid we cannot see, in another container for example.
      if (isLocked(error)) return null;
      throw error;
    });
  try {
    const chunks = made ? made.chunks : await fromServer();
    let taken = { takenAt: 0, bytes: 0 };
    let temporary = '';
    await writeWhole(path, chunks, async (written) => {
      temporary = written;
      taken = values['verify'] ? await sound(temporary) : await readBackup(temporary);
    }).catch((error: unknown) => {
      throw unwritten(error, file, temporary);
    });
    const from = made ? config.dataDir : server.url;
    if (values['json'])
      printJson({ file: path, from, bytes: taken.bytes, takenAt: new Date(taken.takenAt).toISOString() });
    else print(`${file}: ${size(taken.bytes)} from ${from}, written and read back. It holds no tokens.`);
  } finally {
    await made?.release();
  }
  return 0;
};
