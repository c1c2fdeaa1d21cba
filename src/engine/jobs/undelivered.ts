import type { Catalog } from '../../definition/catalog.ts';
import { MINUTE } from '../../duration.ts';
import { fallbackFor } from '../../incident/notification.ts';
import type { Log } from '../../log.ts';
import type { Store } from '../../store/store.ts';

/** A page that did not get through for a minute is told to the policy's fallback channel, once. */
export const tellUndelivered = async (store: Store, catalog: Catalog, log: Log, now: number): Promise<void> => {
  const rows = await store.outbox.undelivered(now, MINUTE);
  if (rows.length === 0) return;
  const notifications = rows.flatMap((row) => {
    const service = catalog.services.get(`${row.message.system}/${row.message.service}`);
    const policy = catalog.policies.get(service?.policy ?? '');
    return (policy && fallbackFor(row, policy, now)) ?? [];
  });
  await store.commit([
    ...store.outbox.adding(notifications, now),
    ...store.outbox.tellingFallback(rows.map((row) => row.id)),
  ]);
  for (const row of rows)
    log.error('A page is undelivered for a minute; the fallback channel is told.', {
      channel: row.channel,
      incident: row.incident,
      reason: row.error,
    });
};
