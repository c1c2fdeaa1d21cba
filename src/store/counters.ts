import type { Sql } from './sql.ts';
import type { Store } from './store.ts';
import { inserting } from './many.ts';
import type { Term } from './term.ts';

type Sums = { events: number; bad: number };

/** `flush` writes what changed since the last one; what is written never falls. `drop` forgets what is not written. */
export const createCounters = (
  nines: Sql,
  term: Term,
): Store['counters'] & { flush(): Promise<void>; drop(): void } => {
  let waiting = new Map<string, Sums>();
  return {
    read: async () => {
      const rows = await nines.read<Sums & { slo: string }>('SELECT slo, events, bad FROM counter');
      const counters = new Map(rows.map(({ slo, events, bad }) => [slo, { events, bad }]));
      for (const [slo, { events, bad }] of waiting) {
        const stored = counters.get(slo) ?? { events, bad };
        counters.set(slo, { events: Math.max(events, stored.events), bad: Math.max(bad, stored.bad) });
      }
      return counters;
    },
    write: (counters) => {
      for (const [slo, { events, bad }] of counters) waiting.set(slo, { events, bad });
    },
    flush: async () => {
      if (waiting.size === 0) return;
      const taken = waiting;
      waiting = new Map();
      try {
        await nines.commit(
          term.fenced(
            inserting(
              'INSERT INTO counter (slo, events, bad)',
              [...taken].map(([slo, { events, bad }]) => [slo, events, bad]),
              `ON CONFLICT (slo) DO UPDATE SET
              events = CASE WHEN excluded.events > counter.events THEN excluded.events ELSE counter.events END,
              bad = CASE WHEN excluded.bad > counter.bad THEN excluded.bad ELSE counter.bad END`,
            ),
          ),
        );
      } catch (error) {
        waiting = new Map([...taken, ...waiting]);
        throw error;
      }
    },
    drop: () => waiting.clear(),
  };
};
