import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { settledUntil } from '../../src/engine/follower.ts';
import { createProbeStates } from '../../src/engine/probe-states.ts';
import { restore, type RestoreParts } from '../../src/engine/restore.ts';
import { createWindows, type Windows } from '../../src/engine/windows.ts';
import { LOOK_BACKS } from '../../src/slo/burn-rate.ts';
import type { Slot } from '../../src/slo/slot.ts';
import { windowSpan } from '../../src/slo/window.ts';
import { openMemoryStore } from '../../src/store/open.ts';
import type { SliSlot, Store } from '../../src/store/store.ts';

const SLI = 'shop/api/availability';
const FINE = 10_000;
/** Where the slots of every width begin. */
const START = Date.UTC(2026, 5, 2);

const restored = async (store: Store, now: number, leads = true): Promise<Windows> => {
  const windows = createWindows();
  await restore({
    store,
    windows,
    probeStates: createProbeStates(),
    counters: new Map(),
    lastBeats: new Map(),
    judges: { adopt: () => {} },
    evaluate: { adopt: () => {} } as unknown as RestoreParts['evaluate'],
    incidents: { restore: async () => {} } as unknown as RestoreParts['incidents'],
    now,
    isSpread: () => false,
    until: leads ? now + FINE : settledUntil(now),
    leads,
    turn: systemClock.turn,
  });
  return windows;
};

const withStore = async (work: (store: Store) => Promise<void>): Promise<void> => {
  const store = await openMemoryStore();
  await work(store);
  await store.close();
};

/** What happened in some 10 s slots of a history, counted back from now. */
type Event = { kind: 'bad' | 'gap' | 'half' | 'silent'; ago: number; length: number };
type History = { begins: number; now: number; varying: boolean; events: readonly Event[] };

const slotAt = ({ varying, events, now }: History, start: number): Slot | null => {
  const ago = (Math.floor(now / FINE) * FINE - start) / FINE;
  const happening = events.filter((event) => ago <= event.ago && ago > event.ago - event.length);
  const kinds = new Set(happening.map(({ kind }) => kind));
  if (kinds.has('gap')) return null;
  const total = kinds.has('silent') ? 0 : varying ? 1 + (((start / FINE) * 7_919) % 5) : 1;
  const covered = kinds.has('half') ? FINE / 2 : FINE;
  return { start, width: FINE, good: kinds.has('bad') ? 0 : total, total, covered };
};

const minutesOf = (slots: readonly Slot[]): SliSlot[] => {
  const minutes = new Map<number, SliSlot>();
  for (const { start, good, total, covered } of slots) {
    const at = start - (start % MINUTE);
    const minute = minutes.get(at) ?? { sli: SLI, start: at, width: MINUTE, good: 0, total: 0, covered: 0 };
    minute.good += good;
    minute.total += total;
    minute.covered += covered;
    minutes.set(at, minute);
  }
  return [...minutes.values()];
};

const anyHistory: fc.Arbitrary<History> = fc.record({
  begins: fc.oneof(fc.integer({ min: 1, max: 5 * HOUR }), fc.integer({ min: 1, max: 4 * DAY })),
  now: fc.integer({ min: 0, max: 2 * HOUR }).map((ms) => START + 40 * DAY + 9 * HOUR + ms),
  varying: fc.boolean(),
  events: fc.array(
    fc.record({
      kind: fc.constantFrom('bad', 'bad', 'gap', 'half', 'silent'),
      ago: fc.oneof(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 2_400 }),
        fc.integer({ min: 0, max: 26_000 }),
      ),
      length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 800 })),
    }),
    { maxLength: 10 },
  ),
});

/** One history lived through, and one stored as the product stores it: 10 s slots of six hours, before that minutes. */
const told = async (history: History, store: Store, until: number) => {
  const lived = createWindows();
  const fineFrom = Math.floor((history.now - 6 * HOUR) / MINUTE) * MINUTE;
  const slots: Slot[] = [];
  for (let start = Math.ceil((history.now - history.begins) / FINE) * FINE; start <= history.now; start += FINE) {
    const slot = slotAt(history, start);
    if (slot) slots.push(slot);
  }
  for (const slot of slots) if (slot.start < until) lived.add(SLI, slot);
  await store.slots.replace(minutesOf(slots.filter(({ start }) => start < fineFrom)));
  store.slots.add(slots.filter(({ start }) => start >= fineFrom).map((slot) => ({ sli: SLI, ...slot })));
  return lived;
};

/** The traffic that may lie on either side of a look-back's begin: of a minute for those up to 1 h, of an hour for others. */
const tolerance = (history: History, ms: number): number => {
  if (!history.varying && !history.events.some(({ kind }) => kind === 'silent')) return 0;
  return ms <= HOUR ? 6 * 5 : 360 * 5;
};

const same = (lived: Windows, found: Windows, history: History, now: number): void => {
  for (const ms of LOOK_BACKS) {
    const [was, is] = [lived.lookBack(SLI, ms, now), found.lookBack(SLI, ms, now)];
    expect({ ms, bad: is.total - is.good, covered: is.covered }).toEqual({
      ms,
      bad: was.total - was.good,
      covered: was.covered,
    });
    expect(Math.abs(is.total - was.total)).toBeLessThanOrEqual(tolerance(history, ms));
  }
};

/** To 10 s where 10 s slots are kept, to the minute where minutes are. */
const sameEnds = (lived: Windows, found: Windows, { now, begins }: History): void => {
  const fineSince = now - 5 * HOUR;
  const close = (was: number | null, is: number | null, width: number): void => {
    if (was === null || is === null) expect(is).toBe(was);
    else expect(Math.abs(is - was)).toBeLessThan(width);
  };
  close(lived.lastAt(SLI), found.lastAt(SLI), (lived.lastAt(SLI) ?? 0) > now - HOUR ? 1 : MINUTE);
  close(lived.lastTrafficAt(SLI), found.lastTrafficAt(SLI), (lived.lastTrafficAt(SLI) ?? 0) > now - HOUR ? 1 : MINUTE);
  close(lived.firstAt(SLI), found.firstAt(SLI), begins < HOUR ? 1 : begins < 3 * DAY ? MINUTE : HOUR);
  const bad = lived.badStretch(SLI);
  if (bad && bad.from > fineSince) expect(found.badStretch(SLI)).toEqual(bad);
  else if (bad && bad.to > now - 3 * DAY + HOUR) close(bad.to, found.badStretch(SLI)?.to ?? null, MINUTE);
};

describe('what a restart remembers of the newest days', () => {
  it('is what was lived through: bad events and gaps in every look-back, now and later', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.option(fc.integer({ min: 0, max: 70_000 })), (history, followerLag) =>
        withStore(async (store) => {
          const { now } = history;
          const leads = followerLag === null;
          const until = leads ? now + FINE : settledUntil(now);
          const lived = await told(history, store, until);
          // Who follows finds the slots as the leader rolled them up last.
          if (!leads) await store.slots.rollUp(now - followerLag);
          const found = await restored(store, now, leads);
          for (const later of [0, 30_000, 4 * MINUTE, 50 * MINUTE, 5 * HOUR]) same(lived, found, history, now + later);
          expect(found.hours(SLI, 0, now)).toEqual(lived.hours(SLI, 0, now));
          sameEnds(lived, found, history);
        }),
      ),
      { numRuns: 60 },
    );
  });
});

/** One hour of the months before: what the slots hold, and what the books do. */
type Hour = { slot: Slot | null; booked: Slot | null };

const anyHour = fc.oneof(
  { weight: 30, arbitrary: fc.constant('usual' as const) },
  { weight: 2, arbitrary: fc.constantFrom('bad', 'gap', 'other', 'off', 'unbooked', 'lost', 'revised') },
);

const hourOf = (kind: string, start: number, turn: number): Hour => {
  const slot = { start, width: HOUR, good: 360, total: 360, covered: HOUR };
  switch (kind) {
    case 'bad':
      return alike({ ...slot, good: 360 - (turn % 360) });
    case 'gap':
      return alike({ ...slot, good: 100, total: 100, covered: HOUR / 3 });
    case 'other':
      return alike({ ...slot, good: turn, total: turn });
    case 'off':
      return { slot: null, booked: null };
    case 'unbooked':
      return { slot: { ...slot, good: 300 }, booked: null };
    case 'lost':
      return { slot: null, booked: slot };
    case 'revised':
      return { slot: { ...slot, good: 1 }, booked: { ...slot, good: 350, total: 355 } };
    default:
      return alike(slot);
  }
};
const alike = (slot: Slot): Hour => ({ slot, booked: slot });

describe('what a restart remembers of the months before', () => {
  it('is every hour of the books, and of the slots where the books have none', async () => {
    const now = Date.UTC(2026, 8, 29, 13, 20);
    const anyPast = fc.record({
      days: fc.integer({ min: 3, max: 99 }),
      spoiled: fc.array(fc.tuple(fc.nat(99 * 24), fc.integer({ min: 1, max: 60 }), anyHour), { maxLength: 40 }),
      bookedDays: fc.oneof(fc.constant(100), fc.integer({ min: 3, max: 100 })),
    });
    await fc.assert(
      fc.asyncProperty(anyPast, ({ days, spoiled, bookedDays }) =>
        withStore(async (store) => {
          const end = Math.floor((now - 3 * DAY) / HOUR) * HOUR;
          const hours: Hour[] = [];
          for (let start = end - (days - 3) * DAY; start < end; start += HOUR) {
            const ago = (end - start) / HOUR;
            const kind = spoiled.findLast(([at, length]) => ago <= at && ago > at - length)?.[2] ?? 'usual';
            const { slot, booked } = hourOf(kind, start, 1 + (ago % 300));
            hours.push({ slot, booked: start < now - bookedDays * DAY ? null : booked });
          }
          await store.slots.replace(hours.flatMap(({ slot }) => (slot ? [{ sli: SLI, ...slot }] : [])));
          await store.commit(
            store.ledger.saving(hours.flatMap(({ booked }) => (booked ? [{ slo: SLI, ...booked, revision: 1 }] : []))),
          );
          const lived = createWindows();
          for (const { slot, booked } of hours) if (booked ?? slot) lived.loadHour(SLI, (booked ?? slot) as Slot);
          const found = await restored(store, now);
          const told = found.hours(SLI, 0, now).filter(({ total, covered }) => total > 0 || covered > 0);
          expect(told).toEqual(lived.hours(SLI, 0, now));
          for (const window of [
            { kind: 'rolling', days: 30 },
            { kind: 'rolling', days: 7 },
            { kind: 'calendar', unit: 'month' },
            { kind: 'calendar', unit: 'quarter' },
          ] as const)
            for (const later of [0, 5 * HOUR, 40 * DAY]) {
              const span = windowSpan(window, 'Asia/Kolkata', now + later);
              const [was, is] = [lived.window(SLI, span, now + later), found.window(SLI, span, now + later)];
              for (const field of ['good', 'total', 'covered'] as const) expect(is[field]).toBeCloseTo(was[field], 4);
            }
          expect(found.firstAt(SLI)).toBe(lived.firstAt(SLI));
          expect(found.lastAt(SLI)).toBe(lived.lastAt(SLI));
        }),
      ),
      { numRuns: 40 },
    );
  });
});
