import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DAY, HOUR } from '../../src/duration.ts';
import { silentLog } from '../../src/log.ts';
import { createStore } from '../../src/store/open.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { START, slot } from '../store/samples.ts';

const NOW = START + 400 * DAY;

test('a million slots go while pages and slots are written: none of them waits for long', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-retention-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const databases = await openSqlite(dir);
  await databases.series.commit([
    {
      text: `WITH RECURSIVE sli (id) AS (VALUES (1) UNION ALL SELECT id + 1 FROM sli WHERE id < 100)
        INSERT INTO name (id, name, first) SELECT id, 'shop/api/slo-' || id, $1 FROM sli`,
      values: [START],
    },
    {
      text: `WITH RECURSIVE at (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM at WHERE n < 9999)
        INSERT INTO slot (sli, width, start, good, total, covered)
        SELECT name.id, 3600000, $1 - n * 3600000, 1, 1, 3600000 FROM name CROSS JOIN at`,
      values: [START],
    },
  ]);
  const store = await createStore(databases, silentLog);
  const waits: number[] = [];
  let running = true;
  const write = async (work: () => Promise<void>): Promise<void> => {
    while (running) {
      const begun = performance.now();
      await work();
      waits.push(performance.now() - begun);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const writers = [
    write(() => store.commit(store.facts.setting('page', String(waits.length)))),
    write(() => {
      store.slots.add([slot(NOW - HOUR, 10_000)]);
      return store.slots.flush();
    }),
  ];
  const { systems } = await store.retain(NOW, new Map([['shop', 390 * DAY]]));
  running = false;
  await Promise.all(writers);
  expect(systems[0]?.tables.find(({ table }) => table === 'slot')).toEqual({
    table: 'slot',
    deleted: 1_000_000,
    oldest: null,
  });
  expect(waits.length).toBeGreaterThan(100);
  // A busy machine may double it; one commit of a million rows would take several seconds.
  expect(Math.max(...waits)).toBeLessThan(1_000);
  await store.close();
});
