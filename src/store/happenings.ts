import type { Sql } from './sql.ts';
import type { Happening, Store } from './store.ts';

export const createHappenings = (nines: Sql): Store['happenings'] => ({
  saving: ({ kind, id, system, service, at, text, url }) => [
    {
      text: `INSERT INTO happening (id, kind, system, service, at, text, url) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, system = excluded.system, service = excluded.service,
          at = excluded.at, text = excluded.text, url = excluded.url`,
      values: [id, kind, system, service, at, text, url],
    },
  ],
  read: (system, from, to) => {
    const columns = 'SELECT kind, id, system, service, at, text, url FROM happening WHERE at >= $1 AND at < $2';
    return system === null
      ? nines.read<Happening>(`${columns} ORDER BY at, id`, [from, to])
      : nines.read<Happening>(`${columns} AND system = $3 ORDER BY at, id`, [from, to, system]);
  },
});
