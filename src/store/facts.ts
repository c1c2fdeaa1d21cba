import type { Sql } from './sql.ts';
import type { Store } from './store.ts';

export const createFacts = (nines: Sql): Store['facts'] => ({
  get: async (name) => {
    const [row] = await nines.read<{ value: string }>('SELECT value FROM fact WHERE name = $1', [name]);
    return row?.value ?? null;
  },
  setting: (name, value) => [
    {
      text: 'INSERT INTO fact (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      values: [name, value],
    },
  ],
});
