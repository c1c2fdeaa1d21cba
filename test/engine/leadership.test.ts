import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR, SECOND } from '../../src/duration.ts';
import { createLeadership, type Leadership } from '../../src/engine/leadership.ts';
import { openMemoryStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { manualClock } from '../harness/manual-clock.ts';

const START = Date.UTC(2026, 10, 18, 3);

let store: Store;
beforeEach(async () => {
  store = { ...(await openMemoryStore()), shared: true };
});
afterEach(() => store.close());

type Replica = Leadership & { pass(ms: number): Promise<void> };

/** A replica whose clock is wrong by `ahead`, which asks once a second. */
const replica = (owner: string, ahead: number): Replica => {
  const clock = manualClock(START + ahead);
  const leadership = createLeadership({ store, clock, owner });
  return {
    ...leadership,
    async pass(ms) {
      clock.moveTo(clock.now() + ms);
      await leadership.follow();
    },
  };
};

test('a leader whose clock ran ahead dies: the other one leads within half a minute, not an hour later', async () => {
  const ahead = replica('ahead', HOUR);
  const other = replica('other', 0);
  await ahead.pass(0);
  for (let second = 0; second < 60; second++) {
    await ahead.pass(SECOND);
    await other.pass(SECOND);
  }
  expect([ahead.isLeader(), other.isLeader()]).toEqual([true, false]);
  for (let second = 0; second < 30; second++) await other.pass(SECOND);
  expect(other.isLeader()).toBe(true);
  // It was only held up: it hears that another one leads now.
  await ahead.pass(30 * SECOND);
  for (let second = 0; second < 5; second++) await other.pass(SECOND);
  expect([ahead.isLeader(), other.isLeader()].filter(Boolean)).toHaveLength(1);
});

test.each([-HOUR, HOUR])('a clock that is wrong by %i ms lets the lead change hands once at most', async (wrong) => {
  const right = replica('right', 0);
  const other = replica('other', wrong);
  const leaders: string[] = [];
  for (let second = 0; second < 120; second++) {
    await right.pass(SECOND);
    await other.pass(SECOND);
    const leader = other.isLeader() && !right.isLeader() ? 'other' : 'right';
    if (leaders.at(-1) !== leader) leaders.push(leader);
  }
  expect(leaders.length).toBeLessThanOrEqual(2);
});
