import type { Alert } from '../alert/alert.ts';
import type { Sql } from './sql.ts';
import type { Store } from './store.ts';

export const createAlerts = (nines: Sql): Store['alerts'] => ({
  saving: (alerts, now) =>
    alerts.map((alert) => ({
      text: `INSERT INTO alert (key, saved_at, body) VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET saved_at = excluded.saved_at, body = excluded.body`,
      values: [alert.key, now, JSON.stringify(alert)],
    })),
  removing: (keys) => keys.map((key) => ({ text: 'DELETE FROM alert WHERE key = $1', values: [key] })),
  all: async () => {
    const rows = await nines.read<{ body: string }>('SELECT body FROM alert ORDER BY key');
    return rows.map(({ body }) => JSON.parse(body) as Alert);
  },
});
