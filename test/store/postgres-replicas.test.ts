import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/duration.ts';
import type { OutboxRow, Store } from '../../src/store/store.ts';
import { postgresPlace } from '../real/postgres-place.ts';
import { isMissing } from '../real/postgres-server.ts';
import { START, incident, notification, result, slot } from './samples.ts';

const FINE = 10 * SECOND;
const LEASE = 30_000;
const conflict = { code: 'commit_conflict' };

describe.skipIf(isMissing)('replicas on one PostgreSQL', () => {
  const place = postgresPlace();
  const replicas = async (count: number): Promise<Store[]> => {
    const schema = await place.schema();
    return Promise.all(Array.from({ length: count }, () => place.store(schema)));
  };
  const two = async (): Promise<[Store, Store]> => {
    const [one, other] = await replicas(2);
    if (!one || !other) throw new Error('two were asked for');
    return [one, other];
  };

  test('that start at the same moment on an empty database make its tables once', async () => {
    const stores = await replicas(4);
    const infos = await Promise.all(stores.map((store) => store.info()));
    expect(infos.map(({ schemaVersion, writable }) => [schemaVersion, writable])).toEqual(stores.map(() => [2, true]));
  });

  test('claim each row once, and of a lane one after the other in its order, while more is added', async () => {
    const stores = await replicas(3);
    const LANES = 12;
    const EACH = 30;
    const sent: { key: string; owner: string }[] = [];
    const inFlight = new Map<string, string>();
    const faults: string[] = [];
    let added = 0;

    const adder = async (store: Store, at: number): Promise<void> => {
      for (let n = at; n < EACH; n += stores.length) {
        // Two replicas add to the same lanes: what is committed first must go first.
        const some = Array.from({ length: LANES }, (_, lane) => notification(`${lane}/${n}`, { lane: `lane ${lane}` }));
        await store.commit(store.outbox.adding(some, START));
        added++;
      }
    };
    const deliver = async (store: Store, owner: string, row: OutboxRow): Promise<void> => {
      const other = inFlight.get(row.lane);
      if (other !== undefined) faults.push(`${row.key} by ${owner} while ${other} is in flight`);
      if (row.state !== 'sending') faults.push(`${row.key} is ${row.state}`);
      inFlight.set(row.lane, row.key);
      sent.push({ key: row.key, owner });
      await store.outbox.counts();
      inFlight.delete(row.lane);
      await store.commit(store.outbox.settling(row, { state: 'sent' }, START));
    };
    const claimer = async (store: Store, owner: string): Promise<void> => {
      while (sent.length < LANES * EACH && faults.length === 0) {
        const rows = await store.outbox.claim(owner, START, START + LEASE, 5);
        await Promise.all(rows.map((row) => deliver(store, owner, row)));
      }
    };
    await Promise.all([
      ...stores.map(adder),
      ...stores.flatMap((store, at) => [claimer(store, `${at}a`), claimer(store, `${at}b`)]),
    ]);

    expect(faults).toEqual([]);
    expect(added).toBe(EACH);
    expect(sent).toHaveLength(LANES * EACH);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(LANES * EACH);
    expect(new Set(sent.map(({ owner }) => owner[0])).size).toBe(stores.length);
    const [store] = stores;
    const rows = (await store?.outbox.ofIncident('01JINCIDENT')) ?? [];
    for (let lane = 0; lane < LANES; lane++) {
      const order = sent.filter(({ key }) => key.startsWith(`${lane}/`)).map(({ key }) => key);
      expect(order).toEqual(rows.filter((row) => row.lane === `lane ${lane}`).map(({ key }) => key));
    }
  });

  test('that claim at the same moment never get the same row', async () => {
    const [one, other] = await two();
    for (let round = 0; round < 40; round++) {
      const lanes = Array.from({ length: 10 }, (_, lane) =>
        notification(`${round}/${lane}`, { lane: `${round}/${lane}` }),
      );
      await one.commit(one.outbox.adding(lanes, START));
      const claims = await Promise.all([
        one.outbox.claim('one', START, START + LEASE, 10),
        other.outbox.claim('other', START, START + LEASE, 10),
        one.outbox.claim('one again', START, START + LEASE, 10),
      ]);
      const keys = claims.flat().map(({ key }) => key);
      expect(keys.toSorted()).toEqual(lanes.map(({ key }) => key).toSorted());
    }
  });

  test('a queued update is either superseded or claimed, never both', async () => {
    const [one, other] = await two();
    for (let round = 0; round < 40; round++) {
      const lane = `lane ${round}`;
      const update = (n: number) => notification(`${round}/${n}`, { lane, kind: 'update' });
      await one.commit(one.outbox.adding([update(1)], START));
      const [claimed] = await Promise.all([
        other.outbox.claim('other', START, START + LEASE, 10),
        one.commit(one.outbox.adding([update(2)], START)),
      ]);
      const states = (await one.outbox.ofIncident('01JINCIDENT'))
        .filter((row) => row.lane === lane)
        .map(({ state }) => state);
      const first = claimed[0]?.key === `${round}/1`;
      expect(states).toEqual(first ? ['sending', 'queued'] : ['superseded', claimed.length > 0 ? 'sending' : 'queued']);
      await one.commit([
        { text: `UPDATE outbox SET state = 'superseded', lease_owner = NULL, lease_until = NULL`, values: [] },
      ]);
    }
  });

  test('open one incident per group and take one of two changes of a revision', async () => {
    const [one, other] = await two();
    const opening = await Promise.allSettled(
      [one, other].map((store, at) => store.commit(store.incidents.saving(incident({ id: `i${at}` }), null))),
    );
    expect(opening.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(opening.find(({ status }) => status === 'rejected')).toMatchObject({ reason: conflict });
    const [open] = await one.incidents.open();
    const changing = await Promise.allSettled(
      [one, other].map((store, at) =>
        store.commit(store.incidents.saving({ ...(open?.incident ?? incident()), title: `change ${at}` }, 1)),
      ),
    );
    expect(changing.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('audit and outbox of many commits at once keep every row', async () => {
    const stores = await replicas(3);
    const entry = { at: START, actor: 'Ann', door: 'cli', verb: 'acknowledge', object: 'i', detail: '' };
    await Promise.all(
      stores.flatMap((store, at) =>
        Array.from({ length: 30 }, (_, n) =>
          store.commit([
            ...store.audit.appending(entry),
            ...store.outbox.adding([notification(`${at}/${n}`, { lane: `${at}/${n}` })], START),
          ]),
        ),
      ),
    );
    expect(await stores[0]?.audit.newest(200)).toHaveLength(90);
    expect(await stores[0]?.outbox.ofIncident('01JINCIDENT')).toHaveLength(90);
  });

  test('a starting replica leaves the leases of the others alone', async () => {
    const [one, other] = await two();
    await one.commit(one.outbox.adding([notification('a')], START));
    await one.outbox.claim('one', START, START + LEASE, 1);
    await other.commit(other.outbox.reclaiming());
    expect(await other.outbox.claim('other', START + 1, START + LEASE, 1)).toEqual([]);
    expect(await other.outbox.claim('other', START + LEASE, START + 2 * LEASE, 1)).toMatchObject([
      { key: 'a', state: 'uncertain' },
    ]);
  });

  describe('and their leader', () => {
    const lead = async (store: Store, owner: string, now: number): Promise<void> => {
      expect(await store.leases.acquire('leader', owner, now, now + 10)).toBe(true);
      await store.takeOver(store.leases.holding('leader', owner));
    };
    const totals = async (store: Store): Promise<[string, number][]> =>
      (await store.slots.readAll(FINE, 0, START * 2)).map(({ sli, total }) => [sli, total]);

    test('who never led writes no series: neither slots, nor results, nor counters, nor roll-ups', async () => {
      const [leader, follower] = await two();
      await lead(leader, 'one', 0);
      leader.slots.add([slot(START, FINE)]);
      await leader.slots.flush();
      follower.slots.add([slot(START, FINE)]);
      follower.results.add([result(START)]);
      await expect(follower.slots.flush()).rejects.toMatchObject(conflict);
      follower.counters.write(new Map([['s', { events: 9, bad: 9 }]]));
      await expect(follower.slots.flush()).rejects.toMatchObject(conflict);
      await expect(follower.slots.replace([slot(START, FINE)])).rejects.toMatchObject(conflict);
      await follower.slots.rollUp(START + 86_400_000);
      expect((await follower.retain(START + 86_400_000, new Map([['shop', 1]]))).systems).toEqual([]);
      expect(await totals(leader)).toEqual([['shop/api/availability', 1]]);
      expect(await leader.results.newest()).toEqual([]);
      expect(await leader.counters.read()).toEqual(new Map());
    });

    test('what a deposed leader still had is not written, also when it leads again', async () => {
      const [one, other] = await two();
      await lead(one, 'one', 0);
      one.slots.add([slot(START, FINE)]);
      await one.slots.flush();
      await lead(other, 'other', 10);
      one.slots.add([slot(START, FINE), slot(START, FINE, { sli: 'late' })]);
      one.counters.write(new Map([['s', { events: 9, bad: 9 }]]));
      await expect(one.slots.flush()).rejects.toMatchObject(conflict);
      await expect(one.slots.replace([slot(START, FINE, { total: 50 })])).rejects.toMatchObject(conflict);
      other.slots.add([slot(START, FINE), slot(START, FINE, { sli: 'new' })]);
      await other.slots.flush();
      await lead(one, 'one', 20);
      one.slots.add([slot(START, FINE, { sli: 'newer' })]);
      await one.slots.flush();
      expect(await totals(other)).toEqual([
        ['shop/api/availability', 2],
        ['new', 1],
        ['newer', 1],
      ]);
      expect(await one.counters.read()).toEqual(new Map());
    });

    test('roll-ups of the next leader hold what the one before marked, and marks are set anew', async () => {
      const [one, other] = await two();
      await lead(one, 'one', 0);
      one.slots.add([slot(START, FINE)]);
      await one.slots.flush();
      await lead(other, 'other', 10);
      await other.slots.rollUp(START + 60_000);
      await lead(one, 'one', 20);
      one.slots.add([slot(START + FINE, FINE)]);
      await one.slots.rollUp(START + 60_000);
      expect(await other.slots.read('shop/api/availability', 60_000, 0, START * 2)).toMatchObject([{ total: 2 }]);
    });

    test('a follower reads what the leader stored under names that it has never seen', async () => {
      const [leader, follower] = await two();
      await lead(leader, 'one', 0);
      leader.slots.add([slot(START, FINE, { sli: 'new' })]);
      leader.results.add([result(START, { probe: 'probe' })]);
      await leader.slots.flush();
      expect(await follower.slots.read('new', FINE, 0, START * 2)).toHaveLength(1);
      expect(await follower.results.latest('probe', 1)).toHaveLength(1);
      leader.slots.add([slot(START, FINE, { sli: 'newer' })]);
      await leader.slots.flush();
      expect(await totals(follower)).toEqual([
        ['new', 1],
        ['newer', 1],
      ]);
    });

    test('a lease is not taken over while a commit that holds it is under way', async () => {
      const [one, other] = await two();
      await one.leases.acquire('leader', 'one', 0, 10);
      const order: string[] = [];
      const slow = { text: 'SELECT pg_sleep(0.3)', values: [] };
      const commit = one
        .commit([one.leases.holding('leader', 'one'), slow, ...one.facts.setting('mark', 'one')])
        .then(() => order.push('committed'));
      await expect
        .poll(() => place.server.admin(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`))
        .toHaveLength(1);
      await other.leases.acquire('leader', 'other', 10, 20).then(() => order.push('taken over'));
      await commit;
      expect(order).toEqual(['committed', 'taken over']);
    });
  });
});
