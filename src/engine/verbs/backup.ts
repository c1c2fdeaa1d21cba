import type { Clock } from '../../clock.ts';
import type { Actor } from '../../incident/timeline.ts';
import type { Backup, Store } from '../../store/store.ts';

/** A backup of everything. It is written into the audit first, so a backup knows who asked for it. */
export const backup = async ({ store, clock }: { store: Store; clock: Clock }, by: Actor): Promise<Backup> => {
  const at = clock.now();
  await store.commit(
    store.audit.appending({ at, actor: by.name, door: by.door, verb: 'backup', object: 'store', detail: '' }),
  );
  return store.backup(at);
};
