import { describe } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { incidentsContract } from './incidents.ts';
import { leadershipContract } from './leadership.ts';
import { outboxContract } from './outbox.ts';
import { reportsContract } from './reports.ts';
import { rollUpContract } from './roll-up.ts';
import { slotsContract } from './slots.ts';
import { smallPartsContract } from './small-parts.ts';

/** Opens an empty store that leads already. */
export type OpenStore = () => Promise<Store>;

/** What is promised of every store, whatever its database; `runs` of each property, with a new store every time. */
export const storeContract = (name: string, open: OpenStore, { runs }: { runs: number }): void => {
  const parts = {
    incidents: incidentsContract,
    outbox: outboxContract,
    'slots and results': slotsContract,
    reports: reportsContract,
    'roll-up': (opener: OpenStore) => rollUpContract(opener, runs),
    'small parts': smallPartsContract,
    leadership: leadershipContract,
  };
  describe.each(Object.entries(parts))(`store over ${name}: %s`, (_, contract) => {
    contract(open);
  });
};
