import type { Clock } from '../../clock.ts';
import type { Ids } from '../../ids.ts';
import type { Happening, Store } from '../../store/store.ts';

/** A thing that took place (deploy, migration, maintenance …), marked on the charts. The same id twice is stored once. */
export const happening = async (
  parts: { store: Store; clock: Clock; ids: Ids },
  given: Omit<Happening, 'id' | 'at'> & { id?: string; at?: number },
): Promise<Happening> => {
  const at = given.at ?? parts.clock.now();
  const whole: Happening = { ...given, at, id: given.id ?? parts.ids.next(at) };
  await parts.store.commit(parts.store.happenings.saving(whole));
  return whole;
};
