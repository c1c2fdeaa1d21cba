import { beforeEach, expect, test } from 'vitest';
import type { OpenStore } from './store.ts';
import type { Store } from '../../../src/store/store.ts';
import { START, entry, incident } from '../../store/samples.ts';

/** What the store promises of its incidents, told to one that `open` opens empty. */
export const incidentsContract = (open: OpenStore): void => {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });

  const conflict = { code: 'commit_conflict' };

  test('an incident comes back whole, with the revision that guards its next change', async () => {
    const opened = incident();
    await store.commit(store.incidents.saving(opened, null));
    expect(await store.incidents.byId(opened.id)).toEqual({ incident: opened, revision: 1 });
    const acknowledged = incident({
      state: 'acknowledged',
      acknowledged: { by: { name: 'Ann', door: 'cli' }, at: START },
    });
    await store.commit(store.incidents.saving(acknowledged, 1));
    expect(await store.incidents.byId(opened.id)).toEqual({ incident: acknowledged, revision: 2 });
    expect(await store.incidents.byId('unknown')).toBeUndefined();
  });

  test('of two changes to the same revision one wins, and the other leaves nothing behind', async () => {
    await store.commit(store.incidents.saving(incident(), null));
    const change = (title: string, seq: number): Promise<void> =>
      store.commit([
        ...store.incidents.appending('01JINCIDENT', [entry(seq, title)]),
        ...store.incidents.saving(incident({ title }), 1),
      ]);
    const settled = await Promise.allSettled([change('first', 1), change('second', 2)]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(settled[1]).toMatchObject({ reason: conflict });
    expect((await store.incidents.byId('01JINCIDENT'))?.incident.title).toBe('first');
    expect(await store.incidents.timeline('01JINCIDENT')).toEqual([entry(1, 'first')]);
  });

  test('a group has at most one open incident, by opening and by reopening', async () => {
    await store.commit(store.incidents.saving(incident(), null));
    const second = incident({ id: '01JSECOND', openedAt: START + 1 });
    await expect(store.commit(store.incidents.saving(second, null))).rejects.toMatchObject(conflict);
    await store.commit(store.incidents.saving(incident({ state: 'resolved', nextAt: null }), 1));
    await store.commit(store.incidents.saving(second, null));
    await expect(store.commit(store.incidents.saving(incident(), 2))).rejects.toMatchObject(conflict);
    await store.commit(store.incidents.saving(incident({ id: '01JOTHER', group: 'other' }), null));
    expect((await store.incidents.open()).map(({ incident: { id } }) => id)).toEqual(['01JOTHER', '01JSECOND']);
  });

  test('an incident that exists is not inserted again', async () => {
    await store.commit(store.incidents.saving(incident({ state: 'resolved' }), null));
    await expect(store.commit(store.incidents.saving(incident({ group: 'other' }), null))).rejects.toMatchObject(
      conflict,
    );
  });

  test('lists newest first, by state and since, and finds the newest of a group', async () => {
    for (const [at, state] of (['resolved', 'resolved', 'triggered'] as const).entries())
      await store.commit(store.incidents.saving(incident({ id: `01J${at}`, state, openedAt: START + at }), null));
    const ids = async (filter: Parameters<Store['incidents']['list']>[0]): Promise<string[]> =>
      (await store.incidents.list(filter)).map(({ incident: { id } }) => id);
    expect(await ids({ limit: 10 })).toEqual(['01J2', '01J1', '01J0']);
    expect(await ids({ limit: 1 })).toEqual(['01J2']);
    expect(await ids({ state: 'open', limit: 10 })).toEqual(['01J2']);
    expect(await ids({ state: 'resolved', from: START + 1, limit: 10 })).toEqual(['01J1']);
    expect((await store.incidents.newestOf('shop|production|api'))?.incident.id).toBe('01J2');
    expect(await store.incidents.newestOf('none')).toBeUndefined();
  });

  test('a place in the timeline is taken once', async () => {
    await store.commit(store.incidents.appending('i', [entry(2), entry(1)]));
    await expect(store.commit(store.incidents.appending('i', [entry(3), entry(2)]))).rejects.toMatchObject(conflict);
    expect((await store.incidents.timeline('i')).map(({ seq }) => seq)).toEqual([1, 2]);
  });
};
