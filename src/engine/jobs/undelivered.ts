import type { Catalog } from '../../definition/catalog.ts';
import { MINUTE } from '../../duration.ts';
import { fallbackFor } from '../../incident/notification.ts';
import type { Log } from '../../log.ts';
import type { OutboxRow, Store } from '../../store/store.ts';
import type { Incidents } from '../incidents.ts';

const NINES = { name: 'Nines', door: 'nines' } as const;

/**
 * A page that did not get through for a minute is told to the policy's fallback channel, once; a critical incident
 * also climbs one level, since nobody may have heard of it.
 */
export const tellUndelivered = async (
  parts: { store: Store; incidents: Incidents; log: Log },
  catalog: Catalog,
  now: number,
): Promise<void> => {
  const rows = await parts.store.outbox.undelivered(now, MINUTE);
  if (rows.length === 0) return;
  const policyOf = ({ message }: OutboxRow) =>
    catalog.policies.get(catalog.services.get(`${message.system}/${message.service}`)?.policy ?? '');
  const notifications = rows.flatMap((row) => {
    const policy = policyOf(row);
    return (policy && fallbackFor(row, policy, now)) ?? [];
  });
  const { outbox } = parts.store;
  await parts.store.commit([
    ...outbox.adding(notifications, now),
    ...outbox.tellingFallback(rows.map((row) => row.id)),
  ]);
  for (const row of rows) {
    const { channel, incident, error } = row;
    parts.log.error('A page is undelivered for a minute; the fallback channel is told.', { channel, incident, error });
    if (row.message.severity === 'critical')
      await parts.incidents.hear({ incident }, { id: `undelivered:${row.id}`, at: now, type: 'escalate', by: NINES });
  }
};
