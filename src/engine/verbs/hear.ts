import type { Alert } from '../../alert/alert.ts';
import type { Clock } from '../../clock.ts';
import type { Catalog } from '../../definition/catalog.ts';
import { NinesError } from '../../errors.ts';
import { LEASE, type Heard, type HeardAs, type Judges } from '../judges.ts';
import type { Observer } from '../observer.ts';
import type { Over } from '../over.ts';
import { alertReceived, type Received } from '../received.ts';
import { createSlicer } from '../slices.ts';

export type HearParts = {
  clock: Clock;
  judges: Pick<Judges, 'hear'>;
  catalog: () => Catalog;
  leads: () => boolean;
  wake: () => void;
  received: Observer['received'];
  isOver: Over;
};

/** What one judge sends at once; null is an alert that cannot be read. `truncated` were left out: they say nothing. */
export type Batch = { judge: string; alerts: readonly (Received | null)[]; truncated: number };

export type HeardCounts = Readonly<Record<HeardAs | 'refused', number>>;

const BUSY = 'Another replica leads, and it alone hears alerts; send this again.';

/** When it began or ended, as far as that can be: not in the future. */
const badAtOf = ({ status, startsAt, endsAt }: Received, now: number): { badAt?: number } => {
  const said = status === 'clear' ? endsAt : startsAt;
  return said === null ? {} : { badAt: Math.min(said, now) };
};

/**
 * Alerts of another judge; durable when it settles. One body may hold several series of the same alert (two Prometheus
 * servers see it): it fires while one of them does. Alerts that are left out say nothing.
 */
export const hear = async (parts: HearParts, { judge, alerts, truncated }: Batch): Promise<HeardCounts> => {
  if (!parts.leads()) throw new NinesError('server_busy', BUSY);
  const at = parts.clock.now();
  const catalog = parts.catalog();
  const breathe = createSlicer(parts.clock);
  const byKey = new Map<string, Heard>();
  const counts = { changed: 0, repeated: 0, silenced: 0, unknown: 0, refused: 0 };
  for (const one of alerts) {
    await breathe();
    if (one === null) {
      counts.refused++;
      continue;
    }
    const said = alertReceived(one, catalog, at);
    const over = said.status === 'firing' && parts.isOver(judge, said, one.startsAt, at);
    const alert: Alert = over ? { ...said, status: 'clear', detail: 'The outage that it still sees is over' } : said;
    if (alert.status === 'firing' || !byKey.has(alert.key))
      byKey.set(alert.key, { judge, at, alert, leaseMs: LEASE, ...badAtOf(one, at) });
  }
  try {
    for (const as of await parts.judges.hear([...byKey.values()])) counts[as]++;
  } catch (error) {
    // Somebody else wrote first, or leads now: who is told "conflict" would not come again.
    if (error instanceof NinesError && error.code === 'commit_conflict')
      throw new NinesError('server_busy', BUSY, { cause: error });
    throw error;
  }
  const door = judge.split(':', 1)[0]!;
  for (const [outcome, count] of Object.entries({ ...counts, truncated })) parts.received(door, outcome, count);
  if (counts.changed > 0) parts.wake();
  return counts;
};
