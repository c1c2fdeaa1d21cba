import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Catalog } from '../../src/definition/catalog.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { createAdjustments, type AdjustmentParts } from '../../src/engine/adjustments.ts';
import { createWindows } from '../../src/engine/windows.ts';
import { silentLog } from '../../src/log.ts';
import type { Exclusion } from '../../src/slo/adjustment.ts';
import type { Slot, Sums } from '../../src/slo/slot.ts';
import { openMemoryStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { aSlo } from '../slo/a-slo.ts';

const HOUR_START = Date.UTC(2026, 10, 18, 3);
const TEN = 10 * SECOND;
const sla = { ...aSlo(), id: 'shop/web/availability' };
const speed = { ...aSlo(), id: 'shop/web/speed' };
const both = {
  ...aSlo(),
  id: 'shop/web/both',
  indicator: {
    kind: 'composite' as const,
    parts: [
      { slo: sla.id, weight: 1 },
      { slo: speed.id, weight: 3 },
    ],
  },
};

let store: Store;
let windows = createWindows();
let now = HOUR_START;
beforeEach(async () => {
  store = await openMemoryStore();
  windows = createWindows();
  windows.use(new Map([sla, speed, both].map((slo) => [slo.id, slo])));
  now = HOUR_START + 2 * HOUR;
});
afterEach(() => store.close());

const seen = (sli: string, start: number, isGood: boolean): void => {
  const slot: Slot = { start, width: TEN, good: isGood ? 1 : 0, total: 1, covered: TEN };
  windows.add(sli, slot);
  store.slots.add([{ sli, ...slot }]);
};

/** Two hours, bad from the 20th to the 30th minute. */
const outage = (sli: string): void => {
  for (let at = 0; at < 2 * HOUR; at += TEN) seen(sli, HOUR_START + at, at < 20 * MINUTE || at >= 30 * MINUTE);
};

const attack = (from: number, to: number, slos: readonly string[] = [sla.id, speed.id, both.id]): Exclusion => ({
  id: 'attack',
  slos,
  from: HOUR_START + from * MINUTE,
  to: HOUR_START + to * MINUTE,
  owner: 'dana',
  because: 'A DDoS',
});

const adjustmentsWith = (exclusions: readonly Exclusion[], leads = true) =>
  createAdjustments({
    store,
    clock: { now: () => now } as AdjustmentParts['clock'],
    log: silentLog,
    windows,
    catalog: () =>
      ({
        systems: new Map([['shop', { id: 'shop', exclusions, corrections: [] }]]),
        slos: new Map([sla, speed, both].map((slo) => [slo.id, slo])),
      }) as unknown as Catalog,
    leads: () => leads,
    fence: () => [],
    budgetOf: () => ({ before: 0.5, after: 1 }),
  });

type Applied = ReturnType<ReturnType<typeof adjustmentsWith>['of']>;
const of = (adjustments: ReturnType<typeof adjustmentsWith>, slo = sla): Applied => {
  const span = { from: HOUR_START, to: HOUR_START + 2 * HOUR };
  return adjustments.of(slo, span, windows.window(slo.id, span, span.to), span.to);
};
const bad = (sums: Sums | undefined): number => (sums ? sums.total - sums.good : NaN);

test('an hour that is cut is added up from ten-second slots, and from minutes once it is rolled up', async () => {
  outage(sla.id);
  for (const isRolledUp of [false, true]) {
    if (isRolledUp) await store.slots.rollUp(now);
    const adjustments = adjustmentsWith([attack(15, 25)]);
    await adjustments.use();
    expect(of(adjustments)?.list).toMatchObject([{ takesAway: { bad: 30, total: 60 }, how: 'exact' }]);
  }
});

test('a composite is cut as its parts are, with their weights', async () => {
  outage(sla.id);
  outage(speed.id);
  const adjustments = adjustmentsWith([attack(15, 25)]);
  await adjustments.use();
  expect(of(adjustments, both)).toMatchObject({ list: [{ takesAway: { bad: 120, total: 240 }, how: 'exact' }] });
  expect(bad(of(adjustments, both)?.sums)).toBe(120);
});

test('slots that do not add up to the hour are not believed', async () => {
  outage(sla.id);
  windows.add(sla.id, { start: HOUR_START, width: TEN, good: 0, total: 40, covered: TEN });
  const adjustments = adjustmentsWith([attack(15, 25)]);
  await adjustments.use();
  expect(of(adjustments)?.list).toMatchObject([{ how: 'by-hour' }]);
});

test('what comes late is read again for two days, and what was cut is stored by the leader alone', async () => {
  outage(sla.id);
  const fact = `cut-hours:${sla.id}`;
  await adjustmentsWith([attack(15, 25)], false).use();
  expect(await store.facts.get(fact)).toBeNull();
  const adjustments = adjustmentsWith([attack(15, 25)]);
  await adjustments.use();
  const before = await store.facts.get(fact);
  seen(sla.id, HOUR_START + 16 * MINUTE, false);
  await adjustments.record(now);
  expect(of(adjustments)?.list).toMatchObject([{ takesAway: { bad: 31, total: 61 } }]);
  const after = await store.facts.get(fact);
  expect(after).not.toBe(before);

  now = HOUR_START + 3 * DAY;
  seen(sla.id, HOUR_START + 17 * MINUTE, false);
  await adjustments.record(now);
  expect(await store.facts.get(fact)).toBe(after);
});

test('the audit has one row for each that is added, changed or removed, also when that was while Nines was down', async () => {
  await adjustmentsWith([attack(15, 25)]).use();
  await adjustmentsWith([attack(15, 25)]).use();
  await adjustmentsWith([attack(15, 30)]).use();
  await adjustmentsWith([]).use();
  const rows = (await store.audit.newest(10)).toReversed();
  expect(rows.map(({ verb, actor, object }) => `${verb} ${object} ${actor}`)).toEqual([
    'exclusion added shop/attack dana',
    'exclusion changed shop/attack dana',
    'exclusion removed shop/attack dana',
  ]);
  expect(rows[0]?.detail).toBe(
    'A DDoS (shop/web/availability 50 % as counted, 100 % now; shop/web/speed 50 % as counted, 100 % now; shop/web/both 50 % as counted, 100 % now)',
  );
});
