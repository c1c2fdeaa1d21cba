import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';
import type { Row } from '../../src/client/postgres.ts';
import { readStatistics } from '../../src/probe/postgres/statistics.ts';

const failing = (state: string): Error => Object.assign(new DatabaseError('no', 0, 'error'), { code: state });

/** Statistics of a server that answers by what `answer` says of the statement; every statement takes all that it may. */
const read = async (answer: (sql: string) => Row | Error, totalMs = 3_000) => {
  let left = totalMs;
  const limits: number[] = [];
  const client = {
    query: async (sql: string, timeoutMs: number): Promise<readonly Row[]> => {
      limits.push(timeoutMs);
      left -= timeoutMs;
      const answered = answer(sql);
      if (answered instanceof Error) throw answered;
      return [answered];
    },
    end: () => undefined,
  };
  return { ...(await readStatistics(client, () => left)), limits, left: () => left };
};

test('A slow statistic is left out, and none of them uses the check up', async () => {
  const slow = await read((sql) => (sql.includes('pg_database_size') ? failing('57014') : { replicas: '1' }));
  expect(slow.leftOut).toEqual(['size']);
  expect(slow.limits[0]).toBe(1_000);
  expect(slow.left()).toBeGreaterThan(0);
});

test.for(['42501', '42P01', '42883'])('What answers %s is left out and named', async (state) => {
  const { leftOut, readings } = await read((sql) => (sql.includes('pg_locks') ? failing(state) : { deadlocks: '2' }));
  expect(leftOut).toEqual(['locks']);
  expect(readings).toEqual({ deadlocks: 2 });
});

test('A server that goes away in between is no matter of rights', async () => {
  await expect(read(() => failing('57P01'))).rejects.toThrow('no');
});

test('Texts become numbers, nothing stays nothing, and the share is of what both told', async () => {
  const { readings } = await read((sql) =>
    sql.includes('max_connections') ? { connections: '20', 'connections-max': 80 } : { replicas: null, x: 'NaN' },
  );
  expect(readings).toEqual({ connections: 20, 'connections-max': 80, 'connections-used-ratio': 0.25 });
});
