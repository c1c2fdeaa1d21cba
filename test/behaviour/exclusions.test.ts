import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/duration.ts';
import type { Store } from '../../src/store/store.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Given, type Story } from '../harness/nines.ts';

const SLO = 'shop/checkout/availability';
const START = Date.parse('2026-11-21T09:30:00Z');

const filesWith = (adjustments: string): Record<string, string> => ({
  'shop.yaml': SYSTEM.replace('services:', `${adjustments}services:`),
  'policies.yaml': POLICIES,
});

const ATTACK = `exclusions:
  - id: attack
    slos: [checkout/*]
    from: 2026-11-21T10:20
    to: 2026-11-21T10:50
    owner: dana@shop.example
    because: A DDoS, agreed with the customer
`;

const WRONG_PROBE = `corrections:
  - id: wrong-probe
    slo: checkout/availability
    at: 2026-11-21T10:00
    bad: -120
    owner: dana@shop.example
    because: The probe asked the wrong address
`;

let story: Story;
afterEach(() => story.stop());

const reload = async (text: string): Promise<void> => {
  // In one step, as it is watched.
  writeFileSync(join(story.folder, 'shop.new'), filesWith(text)['shop.yaml'] ?? '');
  renameSync(join(story.folder, 'shop.new'), join(story.folder, 'shop.yaml'));
  expect(await story.app.nines.verbs.reload()).toEqual([]);
};

const budget = () => {
  const status = story.app.nines.slo(SLO);
  if (!status) throw new Error(`no SLO ${SLO}`);
  return status.budget;
};

/** A good hour, then an outage from 10:20 to 10:40, told by an incident; then well again until 11:10. */
const outage = async (given: Given = {}): Promise<void> => {
  story = await start({ start: START, files: filesWith(''), ...given });
  await story.advance('50m', '10s');
  story.target('shop/checkout/health', 'fails');
  await story.advance('20m', '10s');
  story.target('shop/checkout/health', 'passes');
  await story.advance('30m', '10s');
};

const sample = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(await story.metrics())?.[1]);

describe('an exclusion that is added by a reload', { timeout: 60_000 }, () => {
  it('restores the budget, says what it was, and touches no alert, no counter and no incident', async () => {
    await outage();
    const counted = budget();
    expect(counted).toMatchObject({ bad: 120, adjustments: [], before: null });
    const told = {
      burnRates: story.app.nines.slo(SLO)?.burnRates,
      tiers: story.app.nines.slo(SLO)?.tiers,
      alerts: story.app.nines.alerts(),
      incidents: await story.app.nines.incidents({ limit: 5 }),
      bad: await sample('nines_sli_bad_total'),
    };
    expect(told.incidents).toHaveLength(1);

    await reload(ATTACK);
    expect(budget()).toMatchObject({
      bad: 0,
      total: counted.total - 180,
      remaining: 1,
      coverage: 1,
      before: { remaining: counted.remaining, bad: 120, total: counted.total },
      adjustments: [{ id: 'attack', owner: 'dana@shop.example', takesAway: { bad: 120, total: 180 }, how: 'exact' }],
    });
    expect({
      burnRates: story.app.nines.slo(SLO)?.burnRates,
      tiers: story.app.nines.slo(SLO)?.tiers,
      alerts: story.app.nines.alerts(),
      incidents: await story.app.nines.incidents({ limit: 5 }),
      bad: await sample('nines_sli_bad_total'),
    }).toEqual(told);
    expect(await sample('nines_error_budget_remaining_ratio')).toBe(1);
    expect(await sample('nines_error_budget_counted_ratio')).toBeCloseTo(counted.remaining ?? 0, 9);

    const points = await story.app.nines.burnDown(SLO, 10);
    expect(points.at(-1)?.remaining).toBeCloseTo(1, 9);

    const page = await story.page(`/slos/${SLO}`);
    for (const words of [
      'Exclusions and corrections',
      'dana@shop.example',
      'A DDoS, agreed with the customer',
      '−120 bad',
    ])
      expect(page).toContain(words);
    const wire = (await (await fetch(`${story.app.url}/api/v1/slos/${SLO}`)).json()) as { budget: unknown };
    expect(wire.budget).toMatchObject({
      before: { bad: 120 },
      adjustments: [{ kind: 'exclusion', from: '2026-11-21T10:20:00.000Z', to: '2026-11-21T10:50:00.000Z' }],
    });
    expect(await story.app.store.audit.newest(1)).toMatchObject([
      {
        actor: 'dana@shop.example',
        door: 'definition',
        verb: 'exclusion added',
        object: 'shop/attack',
        detail: expect.stringMatching(
          /^A DDoS, agreed with the customer \(shop\/checkout\/availability .* as counted, 100 % now\)$/,
        ),
      },
    ]);

    await reload('');
    expect(budget()).toMatchObject({ bad: 120, adjustments: [], before: null });
    expect(await story.app.store.audit.newest(1)).toMatchObject([{ verb: 'exclusion removed' }]);
    expect(story.errors).toEqual([]);
  });

  it('gives the same numbers after a restart, also once the finer slots are gone', async () => {
    let areGone = false;
    const forgetful = (store: Store): Store => ({
      ...store,
      slots: {
        ...store.slots,
        read: async (sli, width, from, to) => (areGone && width < HOUR ? [] : store.slots.read(sli, width, from, to)),
      },
    });
    await outage({ around: forgetful });
    await reload(ATTACK);
    const { bad, total, adjustments } = budget();
    areGone = true;
    await story.restart();
    expect(budget()).toMatchObject({ bad, total, adjustments });

    // Of another stretch of that hour nobody knows more than the hour.
    await reload(ATTACK.replace('T10:50', 'T10:35'));
    expect(budget()).toMatchObject({ bad: 90, adjustments: [{ takesAway: { bad: 30, total: 90 }, how: 'by-hour' }] });
    expect(await story.page(`/slos/${SLO}`)).toContain('to the hour');
  });

  it('of the running hour counts to the minute once the hour is over', async () => {
    story = await start({ start: START, files: filesWith(ATTACK) });
    await story.advance('50m', '10s');
    story.target('shop/checkout/health', 'fails');
    await story.advance('20m', '10s');
    story.target('shop/checkout/health', 'passes');
    expect(budget().adjustments).toMatchObject([{ how: 'by-hour' }]);
    await story.advance('22m', '10s');
    await story.app.engine.housekeeping.run('ledger', story.clock.now());
    await story.advance('10s', '10s');
    expect(budget()).toMatchObject({ bad: 0, adjustments: [{ takesAway: { bad: 120, total: 180 }, how: 'exact' }] });
  });
});

it('a correction takes bad events out of an hour, and never more than there were', async () => {
  await outage();
  await reload(WRONG_PROBE.replace('-120', '-100'));
  expect(budget()).toMatchObject({
    bad: 20,
    before: { bad: 120 },
    adjustments: [{ takesAway: { bad: 100, total: 0 } }],
  });
  await reload(WRONG_PROBE.replace('-120', '-500'));
  expect(budget()).toMatchObject({ bad: 0, adjustments: [{ takesAway: { bad: 120 }, how: 'in-part' }] });
  expect(await story.page(`/slos/${SLO}`)).toContain('asks for more than was counted');
});

it(
  'a month that changes its clocks is cut by the local time, of which an hour came twice',
  { timeout: 60_000 },
  async () => {
    // The clocks of Toronto went back at 06:00 UTC: 01:30 came at 05:30 and at 06:30.
    const local = `timeZone: America/Toronto\n${ATTACK}`
      .replace('from: 2026-11-21T10:20', 'from: 2026-11-01T01:30')
      .replace('to: 2026-11-21T10:50', 'to: 2026-11-01T02:00');
    const files = filesWith(local);
    const monthly = { ...files, 'shop.yaml': files['shop.yaml']?.replace('window: 30d', 'window: month') ?? '' };
    story = await start({ start: Date.parse('2026-11-01T05:00:00Z'), history: [], files: monthly });
    await story.advance('30m', '10s');
    story.target('shop/checkout/health', 'fails');
    await story.advance('90m', '10s');
    story.target('shop/checkout/health', 'passes');
    await story.advance('10m', '10s');
    await story.app.engine.housekeeping.run('ledger', story.clock.now());
    await story.advance('10s', '10s');
    expect(budget()).toMatchObject({
      span: { from: Date.parse('2026-11-01T00:00-04:00'), to: Date.parse('2026-12-01T00:00-05:00') },
      bad: 0,
      remaining: 1,
      before: { bad: 540 },
      adjustments: [{ from: Date.parse('2026-11-01T05:30Z'), to: Date.parse('2026-11-01T07:00Z'), how: 'exact' }],
    });
  },
);
