import { MINUTE } from '../duration.ts';
import type { Sql } from './sql.ts';
import type { Store } from './store.ts';

export const createBeats = (nines: Sql): Store['beats'] => ({
  saving: (probe, at) => [
    {
      // One from a clock that ran ahead must not hide all that come before its time.
      text: `INSERT INTO beat (probe, at) VALUES ($1, $2)
        ON CONFLICT (probe) DO UPDATE SET at = excluded.at
          WHERE excluded.at > beat.at OR beat.at > excluded.at + ${MINUTE}`,
      values: [probe, at],
    },
  ],
  all: async () => {
    const rows = await nines.read<{ probe: string; at: number }>('SELECT probe, at FROM beat');
    return new Map(rows.map(({ probe, at }) => [probe, at]));
  },
});
