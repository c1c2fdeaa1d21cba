import type { Sql } from './sql.ts';
import type { Store } from './store.ts';

type Entry = Parameters<Store['audit']['appending']>[0];

export const createAudit = (nines: Sql): Store['audit'] => ({
  appending: ({ at, actor, door, verb, object, detail }) => [
    {
      text: `INSERT INTO audit (id, at, actor, door, verb, object, detail)
        SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6 FROM audit`,
      values: [at, actor, door, verb, object, detail],
    },
  ],
  newest: (limit) =>
    nines.read<Entry>('SELECT at, actor, door, verb, object, detail FROM audit ORDER BY id DESC LIMIT $1', [limit]),
});
