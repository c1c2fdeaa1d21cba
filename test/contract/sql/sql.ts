import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sql } from '../../../src/store/sql.ts';

export type OpenSql = () => Promise<{ sql: Sql; close(): Promise<void> }>;

const insert = (id: number, text: string | null = 'x') => ({
  text: 'INSERT INTO thing (id, text, share) VALUES ($1, $2, $3)',
  values: [id, text, id / 4],
});

/** What the store expects of any database behind `Sql`, told to one that `open` opens empty. */
export const sqlContract = (name: string, open: OpenSql): void => {
  describe(`Sql over ${name}`, () => {
    let sql: Sql;
    let close: () => Promise<void>;
    const ids = async (): Promise<number[]> =>
      (await sql.read<{ id: number }>('SELECT id FROM thing ORDER BY id')).map(({ id }) => id);

    beforeEach(async () => {
      const opened = await open();
      sql = opened.sql;
      close = () => opened.close();
      const columns = `id BIGINT PRIMARY KEY, text TEXT CHECK (text <> 'no'), share DOUBLE PRECISION`;
      await sql.commit([{ text: `CREATE TABLE thing (${columns})`, values: [] }]);
    });
    afterEach(() => close());

    test('reads whole values back: integers of ms, fractions, text of any script, null', async () => {
      const now = Date.UTC(2026, 5, 2, 3, 4, 5, 678);
      await sql.commit([{ ...insert(1), values: [now, 'Grüße 🐢', 0.25] }, insert(2, null)]);
      expect(await sql.read('SELECT id, text, share FROM thing ORDER BY id DESC')).toEqual([
        { id: now, text: 'Grüße 🐢', share: 0.25 },
        { id: 2, text: null, share: 0.5 },
      ]);
    });

    test('parameters are found by their number, also twice and out of order', async () => {
      await sql.commit([insert(1), insert(2), insert(3)]);
      const rows = await sql.read('SELECT id FROM thing WHERE id > $2 AND (id < $1 OR id = $2 + 2)', [3, 1]);
      expect(rows).toEqual([{ id: 2 }, { id: 3 }]);
    });

    test('sums and counts come back as numbers', async () => {
      await sql.commit([insert(1), insert(2)]);
      expect(await sql.read('SELECT SUM(id) AS sum, COUNT(*) AS count, MAX(id) AS most FROM thing')).toEqual([
        { sum: 3, count: 2, most: 2 },
      ]);
    });

    test('numbers come row after row, as many as the rows have columns', async () => {
      const now = Date.UTC(2026, 5, 2, 3, 4, 5, 678);
      await sql.commit([insert(1), insert(now), insert(3)]);
      const text = 'SELECT id, share, id + 1 AS next FROM thing WHERE id > $1 ORDER BY id';
      expect(await sql.numbers(text, [1])).toEqual(Float64Array.of(3, 0.75, 4, now, now / 4, now + 1));
      expect(await sql.numbers(text, [now])).toEqual(new Float64Array());
      await expect(sql.numbers('SELECT nothing')).rejects.toMatchObject({ code: 'internal' });
    });

    test('a commit is all or nothing: a statement that fails undoes those before it', async () => {
      await expect(sql.commit([insert(1), insert(2), insert(1)])).rejects.toMatchObject({ code: 'commit_conflict' });
      expect(await ids()).toEqual([]);
    });

    test('a row guard that is not met undoes the whole commit and says commit_conflict', async () => {
      await sql.commit([insert(1)]);
      const guarded = { text: 'UPDATE thing SET text = $1 WHERE id = $2', values: ['new', 7], rows: 1 };
      await expect(sql.commit([insert(2), guarded])).rejects.toMatchObject({ code: 'commit_conflict' });
      expect(await ids()).toEqual([1]);
      await sql.commit([{ ...guarded, values: ['new', 1] }]);
      expect(await sql.read('SELECT text FROM thing')).toEqual([{ text: 'new' }]);
    });

    test('a broken CHECK and a faulty statement are our mistakes: internal, and nothing is stored', async () => {
      await expect(sql.commit([insert(1), insert(2, 'no')])).rejects.toMatchObject({ code: 'internal' });
      await expect(
        sql.commit([insert(1), { text: 'INSERT INTO nothing VALUES (1)', values: [] }]),
      ).rejects.toMatchObject({
        code: 'internal',
      });
      await expect(sql.read('SELECT nothing')).rejects.toMatchObject({ code: 'internal' });
      expect(await ids()).toEqual([]);
    });

    test('of many commits at once each is stored whole or not at all, and of two that want the same row one wins', async () => {
      const wanted = [1, 2, 2, 3, 1, 4];
      const settled = await Promise.allSettled(wanted.map((id, at) => sql.commit([insert(100 + at), insert(id)])));
      const stored = wanted.map((_, at) => at).filter((at) => settled[at]?.status === 'fulfilled');
      expect(stored.map((at) => wanted[at]).sort((a = 0, b = 0) => a - b)).toEqual([1, 2, 3, 4]);
      expect(await ids()).toEqual([1, 2, 3, 4, ...stored.map((at) => 100 + at)]);
    });

    test('a read may change rows and return them', async () => {
      await sql.commit([insert(1), insert(2)]);
      expect(await sql.read('UPDATE thing SET text = $1 WHERE id = $2 RETURNING id, text', ['new', 2])).toEqual([
        { id: 2, text: 'new' },
      ]);
      expect(await sql.read('SELECT text FROM thing WHERE id = 2')).toEqual([{ text: 'new' }]);
    });

    test('an empty commit settles', async () => {
      await expect(sql.commit([])).resolves.toBeUndefined();
    });
  });
};
