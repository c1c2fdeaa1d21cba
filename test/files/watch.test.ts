import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchDefinitions } from '../../src/files/watch.ts';

let dir = '';
let slo = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-watch-'));
  slo = join(dir, 'slo');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Watches, and waits until the first look has been taken: from then on a change counts. */
const watching = async (waits = { quietMs: 5, lookAgainMs: 20 }) => {
  let count = 0;
  let wake = (): void => undefined;
  const watch = watchDefinitions(
    slo,
    () => {
      count++;
      wake();
    },
    waits,
  );
  await watch.ready;
  return {
    count: () => count,
    close: () => watch.close(),
    until: (wanted: number) =>
      new Promise<void>((resolve) => {
        wake = () => count >= wanted && resolve();
        wake();
      }),
  };
};

/** Long enough that only file events can explain a call. */
const EVENTS_ALONE = { quietMs: 5, lookAgainMs: 3_600_000 };

test('a change, and an editor that writes aside and renames over, are told by events alone', async () => {
  await mkdir(slo);
  await writeFile(join(slo, 'a.yaml'), 'one');
  const watch = await watching(EVENTS_ALONE);
  await writeFile(join(slo, 'a.yaml'), 'two');
  await watch.until(1);
  await writeFile(join(slo, '.a.yaml.swp'), 'three');
  await rename(join(slo, '.a.yaml.swp'), join(slo, 'a.yaml'));
  await watch.until(2);
  await rm(join(slo, 'a.yaml'));
  await watch.until(3);
  expect(watch.count()).toBe(3);
  watch.close();
});

test('a folder that appears, is swapped for another and disappears is told each time', async () => {
  const watch = await watching();
  await mkdir(slo);
  await watch.until(1);
  await mkdir(join(dir, 'next'));
  await writeFile(join(dir, 'next', 'a.yaml'), 'one');
  await rename(slo, join(dir, 'old'));
  await rename(join(dir, 'next'), slo);
  await watch.until(2);
  const beforeWriting = watch.count();
  await writeFile(join(slo, 'a.yaml'), 'two');
  await watch.until(beforeWriting + 1);
  const beforeRemoval = watch.count();
  await rm(slo, { recursive: true });
  await watch.until(beforeRemoval + 1);
  expect(watch.count()).toBeGreaterThanOrEqual(4);
  watch.close();
});

test('a file written again with the same content, or one that is no definition, is no change', async () => {
  await mkdir(slo);
  await writeFile(join(slo, 'a.yaml'), 'one');
  const watch = await watching(EVENTS_ALONE);
  await writeFile(join(slo, 'a.yaml'), 'one');
  await writeFile(join(slo, 'notes.txt'), 'x');
  // What comes after is told once: the two before were not.
  await writeFile(join(slo, 'b.yaml'), 'two');
  await watch.until(1);
  expect(watch.count()).toBe(1);
  watch.close();
});

test('nothing is told after it was closed', async () => {
  await mkdir(slo);
  const watch = await watching();
  watch.close();
  const other = await watching();
  await writeFile(join(slo, 'a.yaml'), 'one');
  await other.until(1);
  expect(watch.count()).toBe(0);
  other.close();
});
