import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInlineSqlite, openSqlite } from '../../../src/store/sqlite.ts';
import { sqlContract } from './sql.ts';

sqlContract('SQLite in memory', async () => {
  const { nines, close } = openInlineSqlite();
  return { sql: nines, close };
});

for (const part of ['nines', 'series'] as const)
  sqlContract(`SQLite in its thread, ${part}.db`, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'nines-sql-'));
    const databases = await openSqlite(dir);
    const close = async (): Promise<void> => {
      await databases.close();
      rmSync(dir, { recursive: true, force: true });
    };
    return { sql: databases[part], close };
  });
