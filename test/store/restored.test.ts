import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adoptRestored } from '../../src/store/restored.ts';
import { emptyDirectory } from './directory.ts';

const OLD = ['series.db', 'series.db-wal', 'nines.db', 'nines.db-wal'];

/** A data folder in which a restore has just been decided, and the renames that finish it, in order. */
const decided = () => {
  const dir = emptyDirectory();
  for (const name of OLD) writeFileSync(join(dir, name), `old ${name}`);
  mkdirSync(join(dir, 'restored-S'));
  for (const name of ['series.db', 'nines.db']) writeFileSync(join(dir, 'restored-S', name), `new ${name}`);
  const aside = (name: string) => () => {
    mkdirSync(join(dir, 'before-restore-S'), { recursive: true });
    renameSync(join(dir, name), join(dir, 'before-restore-S', name));
  };
  const inPlace = (name: string) => () => renameSync(join(dir, 'restored-S', name), join(dir, name));
  const steps = [
    aside('series.db'),
    aside('series.db-wal'),
    inPlace('series.db'),
    aside('nines.db'),
    aside('nines.db-wal'),
    inPlace('nines.db'),
  ];
  return { dir, steps };
};

test.each([0, 1, 2, 3, 4, 5, 6])(
  'a restore that was broken off after %i renames is finished by the next start',
  (done) => {
    const { dir, steps } = decided();
    for (const step of steps.slice(0, done)) step();
    adoptRestored(dir);
    adoptRestored(dir);
    expect(readdirSync(dir).toSorted()).toEqual(['before-restore-S', 'nines.db', 'series.db']);
    for (const name of ['nines.db', 'series.db']) expect(readFileSync(join(dir, name), 'utf8')).toBe(`new ${name}`);
    for (const name of OLD) expect(readFileSync(join(dir, 'before-restore-S', name), 'utf8')).toBe(`old ${name}`);
  },
);

test('a log without its database does not meet the restored one', () => {
  const dir = emptyDirectory();
  writeFileSync(join(dir, 'nines.db-wal'), 'old log');
  mkdirSync(join(dir, 'restored-S'));
  for (const name of ['series.db', 'nines.db']) writeFileSync(join(dir, 'restored-S', name), `new ${name}`);
  adoptRestored(dir);
  expect(existsSync(join(dir, 'nines.db-wal'))).toBe(false);
});
