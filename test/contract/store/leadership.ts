import { beforeEach, expect, test } from 'vitest';
import { SECOND } from '../../../src/duration.ts';
import type { Store } from '../../../src/store/store.ts';
import { START, slot } from '../../store/samples.ts';
import type { OpenStore } from './store.ts';

const FINE = 10 * SECOND;
const conflict = { code: 'commit_conflict' };

/** What the store promises of leases and of taking over, told to one that `open` opens empty. */
export const leadershipContract = (open: OpenStore): void => {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });

  test('a commit under a lease is stored while its owner holds it, and undone when another does', async () => {
    await store.leases.acquire('leader', 'one', 0, 10);
    const under = (owner: string, value: string): Promise<void> =>
      store.commit([...store.facts.setting('mark', value), store.leases.holding('leader', owner)]);
    await under('one', 'first');
    await expect(under('two', 'second')).rejects.toMatchObject(conflict);
    await store.leases.acquire('leader', 'two', 10, 20);
    await expect(under('one', 'late')).rejects.toMatchObject(conflict);
    expect(await store.facts.get('mark')).toBe('first');
    await under('two', 'third');
    await store.leases.release('leader', 'two');
    await expect(under('two', 'gone')).rejects.toMatchObject(conflict);
    expect(await store.facts.get('mark')).toBe('third');
  });

  test('holding a lease changes nothing about when it runs out', async () => {
    await store.leases.acquire('leader', 'one', 0, 10);
    await store.commit([store.leases.holding('leader', 'one')]);
    expect(await store.leases.acquire('leader', 'two', 9, 20)).toBe(false);
    expect(await store.leases.acquire('leader', 'two', 10, 20)).toBe(true);
  });

  test('taking over where nobody else is changes nothing: what is buffered is written, and ids go on', async () => {
    store.slots.add([slot(START, FINE)]);
    store.counters.write(new Map([['s', { events: 5, bad: 1 }]]));
    await store.takeOver(null);
    store.slots.add([slot(START, FINE), slot(START, FINE, { sli: 'new' })]);
    await store.slots.flush();
    expect(await store.slots.readAll(FINE, 0, START * 2)).toMatchObject([
      { sli: 'shop/api/availability', total: 2 },
      { sli: 'new', total: 1 },
    ]);
    expect(await store.counters.read()).toEqual(new Map([['s', { events: 5, bad: 1 }]]));
  });

  test('a leader under the fence of its lease writes on, term after term', async () => {
    for (const [term, owner] of ['one', 'two', 'one'].entries()) {
      expect(await store.leases.acquire('leader', owner, term * 10, term * 10 + 10)).toBe(true);
      await store.takeOver(store.leases.holding('leader', owner));
      store.slots.add([slot(START, FINE)]);
      store.counters.write(new Map([['s', { events: term + 1, bad: 0 }]]));
      await store.slots.flush();
    }
    await store.slots.replace([slot(START, FINE, { sli: 'pulled', total: 7 })]);
    expect(await store.slots.readAll(FINE, 0, START * 2)).toMatchObject([{ total: 3 }, { sli: 'pulled', total: 7 }]);
    expect(await store.counters.read()).toEqual(new Map([['s', { events: 3, bad: 0 }]]));
  });
};
