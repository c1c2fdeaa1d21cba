import type { Incident } from '../incident/incident.ts';
import type { TimelineEntry } from '../incident/timeline.ts';
import type { Sql, Statement } from './sql.ts';
import type { Store } from './store.ts';

type Stored = { body: string; revision: number };

const parsed = ({ body, revision }: Stored): { incident: Incident; revision: number } => ({
  incident: JSON.parse(body) as Incident,
  revision,
});

// A group that has an open incident already inserts no row, and the guard undoes the commit.
const inserting = (incident: Incident): Statement => ({
  text: `INSERT INTO incident (id, group_key, state, opened_at, revision, body) VALUES ($1, $2, $3, $4, 1, $5)
    ON CONFLICT DO NOTHING`,
  values: [incident.id, incident.group, incident.state, incident.openedAt, JSON.stringify(incident)],
  rows: 1,
});

const updating = (incident: Incident, revision: number): Statement => ({
  text: `UPDATE incident SET group_key = $1, state = $2, opened_at = $3, body = $4, revision = revision + 1
    WHERE id = $5 AND revision = $6`,
  values: [incident.group, incident.state, incident.openedAt, JSON.stringify(incident), incident.id, revision],
  rows: 1,
});

export const createIncidents = (nines: Sql): Store['incidents'] => ({
  saving: (incident, revision) => [revision === null ? inserting(incident) : updating(incident, revision)],
  appending: (incident, entries) =>
    entries.map((entry) => ({
      text: 'INSERT INTO timeline (incident, seq, at, body) VALUES ($1, $2, $3, $4)',
      values: [incident, entry.seq, entry.at, JSON.stringify(entry)],
    })),
  byId: async (id) => {
    const [row] = await nines.read<Stored>('SELECT body, revision FROM incident WHERE id = $1', [id]);
    return row && parsed(row);
  },
  open: async () => {
    const rows = await nines.read<Stored>(
      `SELECT body, revision FROM incident WHERE state <> 'resolved' ORDER BY opened_at, id`,
    );
    return rows.map(parsed);
  },
  list: async ({ state, from, limit }) => {
    const wanted = { open: `state <> 'resolved'`, resolved: `state = 'resolved'` };
    const rows = await nines.read<Stored>(
      `SELECT body, revision FROM incident WHERE opened_at >= $1 AND ${state ? wanted[state] : '1 = 1'}
        ORDER BY opened_at DESC, id DESC LIMIT $2`,
      [from ?? 0, limit],
    );
    return rows.map(parsed);
  },
  newestOf: async (group) => {
    const [row] = await nines.read<Stored>(
      'SELECT body, revision FROM incident WHERE group_key = $1 ORDER BY opened_at DESC, id DESC LIMIT 1',
      [group],
    );
    return row && parsed(row);
  },
  timeline: async (incident) => {
    const rows = await nines.read<{ body: string }>('SELECT body FROM timeline WHERE incident = $1 ORDER BY seq', [
      incident,
    ]);
    return rows.map(({ body }) => JSON.parse(body) as TimelineEntry);
  },
});
