import { describe } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { incidentsContract } from './incidents.ts';
import { leadershipContract } from './leadership.ts';
import { outboxContract } from './outbox.ts';
import { rollUpContract } from './roll-up.ts';
import { slotsContract } from './slots.ts';
import { smallPartsContract } from './small-parts.ts';

/** Opens an empty store that leads already. */
export type OpenStore = () => Promise<Store>;

/** What is promised of every store, whatever its database. */
export const storeContract = (name: string, open: OpenStore): void => {
  describe(`store over ${name}`, () => {
    describe('incidents', () => incidentsContract(open));
    describe('outbox', () => outboxContract(open));
    describe('slots and results', () => slotsContract(open));
    describe('roll-up', () => rollUpContract(open));
    describe('small parts', () => smallPartsContract(open));
    describe('leadership', () => leadershipContract(open));
  });
};
