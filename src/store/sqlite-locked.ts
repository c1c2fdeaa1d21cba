import { DatabaseSync } from 'node:sqlite';
import { sqliteError } from './sqlite-errors.ts';

/**
 * A database file as it is, not migrated, locked against everybody else until it is closed: a server that lives holds this
 * lock. Without shared memory no other file is needed than the log. Throws `data_locked`, `data_corrupt`.
 */
export const openLocked = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT');
    return database;
  } catch (error) {
    database.close();
    throw sqliteError(error, file);
  }
};
