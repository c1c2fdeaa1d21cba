import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Catalog } from '../../src/definition/catalog.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { createPulledFollower } from '../../src/engine/pulled-follower.ts';
import { createPulled } from '../../src/engine/pulled.ts';
import { createWindows, type Windows } from '../../src/engine/windows.ts';
import type { Slo } from '../../src/slo/slo.ts';
import type { Slot } from '../../src/slo/slot.ts';
import { openMemoryStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';

const NOW = Date.UTC(2026, 10, 18, 12);
const SLO = {
  id: 'shop/checkout/availability',
  system: 'shop',
  service: 'checkout',
  notConfigured: null,
  indicator: { kind: 'promql', connector: 'shop/metrics', measure: { kind: 'gauge', gauge: 'up' }, groupBy: [] },
} as unknown as Slo;
const always = (): boolean => true;

const minute = (start: number, bad: number, total = 60): Slot => ({
  start,
  width: MINUTE,
  good: total - bad,
  total,
  covered: MINUTE,
});

let store: Store;
let windows: Windows;
let counters: Map<string, { events: number; bad: number }>;
let changed: string[];
let work: { from: number; until: number } | null;
beforeEach(async () => {
  store = await openMemoryStore();
  windows = createWindows();
  counters = new Map();
  changed = [];
  work = null;
});
afterEach(() => store.close());

const count = (slo: string, { good, total }: Slot): void => {
  const { events, bad } = counters.get(slo) ?? { events: 0, bad: 0 };
  counters.set(slo, { events: events + total, bad: bad + total - good });
};
const planned = (system: string, service: string, at: number) =>
  work && `${system}/${service}` === 'shop/checkout' && at >= work.from && at < work.until
    ? { id: 'move', because: 'We move', until: work.until }
    : null;
const pulled = () => createPulled({ store, windows, planned, count, changed: (slo) => void changed.push(slo) });
const hourBad = (at: number): number => {
  const hour = windows.hours(SLO.id, at, at + HOUR)[0];
  return hour ? hour.total - hour.good : 0;
};
const bad = (slots: readonly Slot[]): number => slots.reduce((sum, { good, total }) => sum + total - good, 0);

it('adds what is new once, in books, look-backs and counters', async () => {
  const slots = [minute(NOW - 3 * MINUTE, 6), minute(NOW - 2 * MINUTE, 0, 0)];
  await pulled().take(SLO, slots, NOW, always);
  await pulled().take(SLO, slots, NOW, always);
  expect(windows.lookBack(SLO.id, 5 * MINUTE, NOW)).toEqual({ good: 54, total: 60, covered: 2 * MINUTE });
  expect(hourBad(NOW - HOUR)).toBe(6);
  expect(counters.get(SLO.id)).toEqual({ events: 60, bad: 6 });
  expect(await store.slots.read(SLO.id, 10 * SECOND, NOW - HOUR, NOW)).toEqual(
    slots.map((slot) => ({ ...slot, width: 10 * SECOND })),
  );
  expect(changed).toEqual([SLO.id]);
});

it('puts a newer word in place of an older one, also after a restart, and leaves counters alone', async () => {
  await pulled().take(SLO, [minute(NOW - 3 * MINUTE, 60)], NOW, always);
  windows = createWindows();
  // As a restart finds it: the minute as one, evenly.
  windows.loadRing(SLO.id, minute(NOW - 3 * MINUTE, 60));
  windows.loadHour(SLO.id, minute(NOW - 3 * MINUTE, 60));
  await pulled().take(SLO, [minute(NOW - 3 * MINUTE, 1, 30)], NOW, always);
  for (const ms of [5 * MINUTE, HOUR, 6 * HOUR, 3 * DAY])
    expect(windows.lookBack(SLO.id, ms, NOW)).toEqual({ good: 29, total: 30, covered: MINUTE });
  expect(hourBad(NOW - HOUR)).toBe(1);
  expect(counters.get(SLO.id)).toEqual({ events: 60, bad: 60 });
});

it('fills a gap of long ago as minutes, believes what it has, and shows no burst', async () => {
  const [known, missing] = [minute(NOW - 20 * HOUR, 3), minute(NOW - 20 * HOUR + MINUTE, 5)];
  await store.slots.replace([{ sli: SLO.id, ...known }]);
  windows.loadHour(SLO.id, known);
  await pulled().take(SLO, [{ ...known, good: 0 }, missing], NOW, always);
  expect(bad(await store.slots.read(SLO.id, MINUTE, NOW - DAY, NOW))).toBe(8);
  expect(hourBad(NOW - 20 * HOUR)).toBe(8);
  expect(bad([{ ...windows.lookBack(SLO.id, DAY, NOW), start: 0, width: 0 }])).toBe(5);
  expect(counters.size).toBe(0);
  await store.slots.rollUp(NOW);
  expect(bad(await store.slots.read(SLO.id, HOUR, NOW - DAY, NOW))).toBe(8);
});

it('takes slices that are shorter than a stored slot together', async () => {
  const slice = (start: number, good: number): Slot => ({ start, width: 5_000, good, total: 1, covered: 5_000 });
  await pulled().take(SLO, [slice(NOW - MINUTE, 1), slice(NOW - MINUTE + 5_000, 0)], NOW, always);
  expect(await store.slots.read(SLO.id, 10 * SECOND, NOW - HOUR, NOW)).toMatchObject([
    { good: 1, total: 2, covered: 10_000 },
  ]);
});

it('counts a long slice when it is over, and revises it until it has been over for a while', async () => {
  const slice = (good: number): Slot => ({
    start: NOW - 61 * MINUTE,
    width: 60 * MINUTE,
    good,
    total: 1,
    covered: 60 * MINUTE,
  });
  await pulled().take(SLO, [slice(1)], NOW, always);
  expect(counters.get(SLO.id)).toEqual({ events: 1, bad: 0 });
  await pulled().take(SLO, [slice(0)], NOW + 10 * MINUTE, always);
  expect(windows.lookBack(SLO.id, 6 * HOUR, NOW + 10 * MINUTE)).toMatchObject({ good: 0, total: 1 });
  await pulled().take(SLO, [slice(1)], NOW + HOUR, always);
  expect(windows.lookBack(SLO.id, 6 * HOUR, NOW + HOUR)).toMatchObject({ good: 0, total: 1 });
});

it('counts nothing of planned work nor of the minute after it, and covers both, now and in the past', async () => {
  work = { from: NOW - 5 * MINUTE, until: NOW - 3 * MINUTE };
  const slots = [6, 5, 4, 3, 2].map((ago) => minute(NOW - ago * MINUTE, 60));
  await pulled().take(SLO, slots, NOW, always);
  expect(windows.lookBack(SLO.id, HOUR, NOW)).toEqual({ good: 0, total: 120, covered: 5 * MINUTE });
  expect(counters.get(SLO.id)).toEqual({ events: 120, bad: 120 });
  const day = NOW - DAY;
  work = { from: day, until: day + HOUR };
  await pulled().takePast(
    SLO,
    Array.from({ length: 60 }, (_, index) => minute(day + index * MINUTE, 60)),
    always,
  );
  expect(windows.hours(SLO.id, day, day + HOUR)).toMatchObject([{ good: 0, total: 0, covered: HOUR }]);
});

it('counts nothing of a slice that planned work cuts', async () => {
  work = { from: NOW - 12 * MINUTE, until: NOW - 11 * MINUTE };
  const slice = { start: NOW - 15 * MINUTE, width: 5 * MINUTE, good: 0, total: 1, covered: 5 * MINUTE };
  const indicator = { kind: 'time-slice', source: { kind: 'query' } } as unknown as Slo['indicator'];
  await pulled().take({ ...SLO, indicator }, [slice, { ...slice, start: NOW - 10 * MINUTE }], NOW, always);
  expect(windows.lookBack(SLO.id, HOUR, NOW)).toMatchObject({ total: 1, covered: 10 * MINUTE });
});

it('keeps whole hours of the past as hours, once', async () => {
  const begin = NOW - 2 * DAY;
  const slots = Array.from({ length: 90 }, (_, index) => minute(begin + 30 * MINUTE + index * MINUTE, 1));
  await pulled().takePast(SLO, slots, always);
  await pulled().takePast(SLO, slots, always);
  expect(await store.slots.read(SLO.id, HOUR, begin, NOW)).toMatchObject([{ start: begin + HOUR, total: 3_600 }]);
  expect(await store.slots.read(SLO.id, MINUTE, begin, NOW)).toHaveLength(30);
  expect(windows.firstAt(SLO.id)).toBe(begin + 30 * MINUTE);
  expect(hourBad(begin) + hourBad(begin + HOUR)).toBe(90);
  expect(counters.size).toBe(0);
});

it('stores nothing that is not wanted any more', async () => {
  await pulled().take(SLO, [minute(NOW - 3 * MINUTE, 6)], NOW, () => false);
  await pulled().takePast(SLO, [minute(NOW - DAY, 6)], () => false);
  expect((await store.slots.firsts()).size).toBe(0);
  expect(windows.firstAt(SLO.id)).toBe(null);
});

it('counts what was stored for a definition that is no longer in force with the next round', async () => {
  const stale = [minute(NOW - 3 * MINUTE, 6), minute(NOW - 2 * MINUTE, 0)];
  const { take } = pulled();
  let isWanted = true;
  const { replace } = store.slots;
  store.slots.replace = async (rows) => {
    await replace(rows);
    isWanted = false;
  };
  await take(SLO, stale, NOW, () => isWanted);
  expect(windows.firstAt(SLO.id)).toBe(null);
  store.slots.replace = replace;
  await take(SLO, stale, NOW, always);
  await take(SLO, stale, NOW, always);
  expect(windows.lookBack(SLO.id, 5 * MINUTE, NOW)).toEqual({ good: 114, total: 120, covered: 2 * MINUTE });
  expect(counters.get(SLO.id)).toEqual({ events: 120, bad: 6 });
});

it('counts what a store took in before it failed, new and revised, with the next round', async () => {
  const { take } = pulled();
  await take(SLO, [minute(NOW - 3 * MINUTE, 60)], NOW, always);
  const { replace } = store.slots;
  store.slots.replace = async (rows) => {
    await replace(rows);
    throw new Error('the connection is gone');
  };
  const newer = [minute(NOW - 3 * MINUTE, 1), minute(NOW - 2 * MINUTE, 2)];
  await expect(take(SLO, newer, NOW, always)).rejects.toThrow('gone');
  store.slots.replace = replace;
  await take(SLO, newer, NOW, always);
  expect(windows.lookBack(SLO.id, 5 * MINUTE, NOW)).toEqual({ good: 117, total: 120, covered: 2 * MINUTE });
  expect(hourBad(NOW - HOUR)).toBe(3);
  expect(counters.get(SLO.id)).toEqual({ events: 120, bad: 62 });
});

it('remembers nothing of what was on its way once look-backs are made anew from the store', async () => {
  const one = pulled();
  let isWanted = true;
  const { replace } = store.slots;
  store.slots.replace = async (rows) => {
    await replace(rows);
    isWanted = false;
  };
  await one.take(SLO, [minute(NOW - 3 * MINUTE, 6)], NOW, () => isWanted);
  store.slots.replace = replace;
  windows.loadRing(SLO.id, minute(NOW - 3 * MINUTE, 6));
  windows.loadHour(SLO.id, minute(NOW - 3 * MINUTE, 6));
  one.begin();
  await one.take(SLO, [minute(NOW - 3 * MINUTE, 6)], NOW, always);
  expect(hourBad(NOW - HOUR)).toBe(6);
});

it('shows a replica that follows what the leader pulled late, and revised', async () => {
  const catalog = { slos: new Map([[SLO.id, SLO]]) } as unknown as Catalog;
  const theirs = createWindows();
  const follower = createPulledFollower({ store, windows: theirs });
  await pulled().take(SLO, [minute(NOW - 4 * MINUTE, 6)], NOW, always);
  theirs.loadRing(SLO.id, minute(NOW - 4 * MINUTE, 6));
  theirs.loadHour(SLO.id, minute(NOW - 4 * MINUTE, 6));
  follower.begin();
  await follower.refresh(catalog, NOW);
  await pulled().take(SLO, [minute(NOW - 4 * MINUTE, 2), minute(NOW - 3 * MINUTE, 1)], NOW, always);
  await follower.refresh(catalog, NOW + MINUTE);
  expect(theirs.lookBack(SLO.id, HOUR, NOW)).toEqual({ good: 117, total: 120, covered: 2 * MINUTE });
  expect(theirs.hours(SLO.id, NOW - HOUR, NOW)).toMatchObject([{ good: 117, total: 120 }]);
});
