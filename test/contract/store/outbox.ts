import { beforeEach, describe, expect, test } from 'vitest';
import type { OpenStore } from './store.ts';
import type { OutboxRow, Store } from '../../../src/store/store.ts';
import { START, notification } from '../../store/samples.ts';

/** What the store promises of its outbox, told to one that `open` opens empty. */
export const outboxContract = (open: OpenStore): void => {
  const LEASE = 30_000;
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });

  const add = (...notifications: ReturnType<typeof notification>[]): Promise<void> =>
    store.commit(store.outbox.adding(notifications, START));
  const claim = (at: number, limit = 10, owner = 'one'): Promise<OutboxRow[]> =>
    store.outbox.claim(owner, at, at + LEASE, limit);
  const keysAt = async (at: number, limit?: number): Promise<string[]> =>
    (await claim(at, limit)).map(({ key }) => key);
  const settle = (
    row: OutboxRow | undefined,
    result: Parameters<Store['outbox']['settling']>[1],
    at = START,
  ): Promise<void> => store.commit(row ? store.outbox.settling(row, result, at) : []);
  const states = async (): Promise<string[]> =>
    (await store.outbox.ofIncident('01JINCIDENT')).map(({ key, state }) => `${key} ${state}`);

  describe('adding', () => {
    test('a key that exists is left as it is', async () => {
      await add(notification('a', { priority: 2 }));
      await add(notification('a', { priority: 4 }), notification('b'));
      const rows = await store.outbox.ofIncident('01JINCIDENT');
      expect(rows.map(({ key, priority, state, attempts }) => ({ key, priority, state, attempts }))).toEqual([
        { key: 'a', priority: 2, state: 'queued', attempts: 0 },
        { key: 'b', priority: 2, state: 'queued', attempts: 0 },
      ]);
    });

    test('comes back whole', async () => {
      const added = notification('a', { dedupKey: 'nines/1', kind: 'root' });
      await add(added);
      expect((await store.outbox.ofIncident('01JINCIDENT'))[0]).toEqual({
        ...added,
        id: 1,
        state: 'queued',
        attempts: 0,
        nextAt: START,
        leaseOwner: null,
        leaseUntil: null,
        attemptedAt: null,
        sentAt: null,
        ref: null,
        error: null,
        possibleRepeat: false,
        createdAt: START,
        fallbackTold: false,
      });
    });

    test('a newer update supersedes the queued one of its lane, and nothing else', async () => {
      await add(
        notification('page'),
        notification('u1', { kind: 'update' }),
        notification('other', { kind: 'update', lane: 'x' }),
      );
      await add(notification('u2', { kind: 'update' }));
      expect(await states()).toEqual(['page queued', 'u1 superseded', 'other queued', 'u2 queued']);
    });

    test('an update added again supersedes nothing', async () => {
      await add(notification('u1', { kind: 'update' }));
      await add(notification('u2', { kind: 'update' }));
      await add(notification('u1', { kind: 'update' }));
      expect(await states()).toEqual(['u1 superseded', 'u2 queued']);
    });

    test('an update in flight is not superseded', async () => {
      await add(notification('u1', { kind: 'update' }));
      await claim(START);
      await add(notification('u2', { kind: 'update' }));
      expect(await states()).toEqual(['u1 sending', 'u2 queued']);
    });
  });

  describe('claiming', () => {
    test('takes what is due, pages first, then the longest due', async () => {
      await add(
        notification('note', { lane: 'a', priority: 0, kind: 'note' }),
        notification('late', { lane: 'b', priority: 3, dueAt: START + 1 }),
        notification('early', { lane: 'c', priority: 3 }),
        notification('executive', { lane: 'd', priority: 4, dueAt: START + 1 }),
        notification('future', { lane: 'e', priority: 4, dueAt: START + 2 }),
      );
      expect(await keysAt(START + 1, 3)).toEqual(['executive', 'early', 'late']);
      expect(await keysAt(START + 1)).toEqual(['note']);
      expect(await keysAt(START + 2)).toEqual(['future']);
    });

    test('one at a time per lane, in order, also behind a retry that waits', async () => {
      await add(notification('root', { kind: 'root', priority: 0 }), notification('page', { priority: 4 }));
      const [root] = await claim(START);
      expect(root).toMatchObject({ key: 'root', state: 'sending', attempts: 1, attemptedAt: START, leaseOwner: 'one' });
      expect(await keysAt(START)).toEqual([]);
      await settle(root, { state: 'queued', nextAt: START + 5_000, error: 'retry: 503' });
      expect(await keysAt(START + 4_999)).toEqual([]);
      const [again] = await claim(START + 5_000);
      expect(again).toMatchObject({ key: 'root', attempts: 2, error: 'retry: 503' });
      await settle(again, { state: 'sent', ref: 'C1:1.2' }, START + 5_001);
      expect(await keysAt(START + 5_001)).toEqual(['page']);
      expect(await store.outbox.rootOf('01JINCIDENT', 'slack')).toBe('C1:1.2');
      expect(await store.outbox.rootOf('01JINCIDENT', 'pagerduty')).toBeNull();
    });

    test.each(['failed', 'dead', 'superseded'] as const)('a %s row sets its lane free', async (state) => {
      await add(notification('first'), notification('second'));
      const [first] = await claim(START);
      await settle(first, { state });
      expect(await keysAt(START)).toEqual(['second']);
    });

    test('a lease that ran out comes back as uncertain, with its attempt, before anything later of its lane', async () => {
      await add(notification('first'), notification('second'));
      await claim(START);
      expect(await keysAt(START + LEASE - 1)).toEqual([]);
      const [again] = await claim(START + LEASE, 10, 'two');
      expect(again).toMatchObject({
        key: 'first',
        state: 'uncertain',
        attempts: 1,
        attemptedAt: START,
        leaseOwner: 'two',
      });
      expect(await keysAt(START + LEASE)).toEqual([]);
      await settle(again, { state: 'queued', nextAt: START + LEASE, possibleRepeat: true });
      expect((await claim(START + LEASE))[0]).toMatchObject({
        key: 'first',
        state: 'sending',
        attempts: 2,
        possibleRepeat: true,
      });
    });

    test('who lost the lease cannot settle any more', async () => {
      await add(notification('a'));
      const [mine] = await claim(START);
      const [theirs] = await claim(START + LEASE, 10, 'two');
      await expect(settle(mine, { state: 'sent' })).rejects.toMatchObject({ code: 'commit_conflict' });
      await settle(theirs, { state: 'sent' }, START + LEASE);
      await expect(settle(theirs, { state: 'sent' })).rejects.toMatchObject({ code: 'commit_conflict' });
      expect((await store.outbox.ofIncident('01JINCIDENT'))[0]).toMatchObject({ state: 'sent', sentAt: START + LEASE });
    });

    test('an uncertain attempt is looked at again when its time has come', async () => {
      await add(notification('a'));
      const [row] = await claim(START);
      await settle(row, { state: 'uncertain', nextAt: START + 3_000 });
      expect(await keysAt(START + 2_999)).toEqual([]);
      expect((await claim(START + 3_000))[0]).toMatchObject({ state: 'uncertain', attempts: 1, leaseOwner: 'one' });
    });
  });

  describe('watching', () => {
    test('a page that has not arrived in time is undelivered until its fallback is told, once', async () => {
      await add(notification('page'), notification('note', { kind: 'note', lane: 'x' }));
      expect(await store.outbox.undelivered(START + 59_999, 60_000)).toEqual([]);
      const late = await store.outbox.undelivered(START + 60_000, 60_000);
      expect(late.map(({ key }) => key)).toEqual(['page']);
      const ids = late.map(({ id }) => id);
      await store.commit(store.outbox.tellingFallback(ids));
      expect(await store.outbox.undelivered(START + 60_000, 60_000)).toEqual([]);
      await expect(store.commit(store.outbox.tellingFallback(ids))).rejects.toMatchObject({ code: 'commit_conflict' });
    });

    test('a page that was refused is undelivered at once, a sent one never', async () => {
      await add(notification('refused', { lane: 'x' }), notification('sent', { lane: 'y' }));
      const [refused, sent] = await claim(START);
      await settle(refused, { state: 'failed', error: 'rejected: channel is archived' });
      await settle(sent, { state: 'sent' });
      expect((await store.outbox.undelivered(START + 1, 60_000)).map(({ key }) => key)).toEqual(['refused']);
      expect((await store.outbox.undelivered(START + 900_000, 60_000)).map(({ key }) => key)).toEqual(['refused']);
    });

    test('counts by state and channel with the oldest due', async () => {
      await add(
        notification('a'),
        notification('b', { dueAt: START + 5 }),
        notification('c', { channel: 'pd', lane: 'pd' }),
      );
      const counts = await store.outbox.counts();
      expect(counts.sort((a, b) => a.count - b.count)).toEqual([
        { state: 'queued', channel: 'pd', count: 1, oldest: START },
        { state: 'queued', channel: 'slack', count: 2, oldest: START },
      ]);
    });
  });
};
