import { foundation } from './0001-foundation.ts';
import { locations } from './0002-locations.ts';
import type { Migration } from './migration.ts';

/** Oldest first; versions count from 1 without gaps. An applied migration is never changed again. */
export const MIGRATIONS: readonly Migration[] = [foundation, locations];

export const SCHEMA_VERSION = MIGRATIONS.length;
