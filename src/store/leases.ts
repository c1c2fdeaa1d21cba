import type { Sql } from './sql.ts';
import type { Store } from './store.ts';

export const createLeases = (nines: Sql): Store['leases'] => ({
  // An update and not a look: it holds the row, so that nobody takes the lease over before the commit is stored.
  holding: (name, owner) => ({
    text: 'UPDATE lease SET until = until WHERE name = $1 AND owner = $2',
    values: [name, owner],
    rows: 1,
  }),
  until: async (name) => {
    const [row] = await nines.read<{ until: number }>('SELECT until FROM lease WHERE name = $1', [name]);
    return row?.until ?? null;
  },
  acquire: async (name, owner, now, until, lapsed = null) => {
    const held = await nines.read(
      `INSERT INTO lease (name, owner, until) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
          WHERE lease.owner = excluded.owner OR lease.until <= $4 OR lease.until = $5
        RETURNING name`,
      [name, owner, until, now, lapsed],
    );
    return held.length === 1;
  },
  release: (name, owner) =>
    nines.commit([{ text: 'DELETE FROM lease WHERE name = $1 AND owner = $2', values: [name, owner] }]),
});
