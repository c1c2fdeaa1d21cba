import { afterEach, expect, it } from 'vitest';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Story } from '../harness/nines.ts';

const JOURNEY = SYSTEM.replace(
  '    slos:',
  `      - { id: payment, kind: http, url: "http://127.0.0.1:1/payment", every: 10s, timeout: 5s }
    slos:
      - { id: payments, name: Payments, objective: 99.9, window: 30d, indicator: { kind: probe, probes: [payment] } }
      - id: journey
        name: Buying
        objective: 99.9
        window: 7d
        indicator: { kind: composite, parts: [{ slo: availability }, { slo: checkout/payments, weight: 3 }] }`,
);

let story: Story;
afterEach(() => story.stop());

const begin = async (history: readonly string[] = []): Promise<void> => {
  story = await start({ files: { 'shop.yaml': JOURNEY, 'policies.yaml': POLICIES }, history });
};
const budgetOf = (id: string) => story.app.nines.slo(`shop/checkout/${id}`)!.budget;
const exported = async (name: string, slo: string): Promise<number> => {
  const lines = (await story.metrics()).split('\n');
  const line = lines.find((one) => one.startsWith(`${name}{`) && one.includes(`slo="${slo}"`));
  return Number(line?.split(' ').at(-1));
};

/** Good and total of the composite are those of its parts, one of them three times: in the books and in the counters. */
const expectSums = async (): Promise<void> => {
  const [one, other, both] = [budgetOf('availability'), budgetOf('payments'), budgetOf('journey')];
  expect(both.total).toBe(one.total + 3 * other.total);
  expect(both.bad).toBe(one.bad + 3 * other.bad);
  for (const name of ['nines_sli_events_total', 'nines_sli_bad_total']) {
    const sum = (await exported(name, 'availability')) + 3 * (await exported(name, 'payments'));
    expect(await exported(name, 'journey')).toBe(sum);
  }
};

it('a composite burns when one part burns, and its page says how', async () => {
  await begin(['shop/checkout/availability', 'shop/checkout/payments']);
  await story.advance('2m');
  story.target('shop/checkout/payment', 'fails');
  await story.advance('5m');
  await expectSums();
  const alerts = story.app.nines.alerts().filter(({ slo }) => slo === 'shop/checkout/journey');
  expect(alerts.map(({ status, severity }) => [status, severity])).toContainEqual(['firing', 'critical']);
  expect(alerts[0]?.detail).toMatch(/events of its parts were bad in 1 h/);
  const [view] = await story.app.nines.incidents({ limit: 1 });
  expect(story.clock.now() - (view?.incident.badFrom ?? 0)).toBeLessThan(5.5 * 60_000);
  expect(await story.page('/slos/shop/checkout/journey')).toContain('/slos/shop/checkout/payments');
});

it('a composite says the same after a restart, and its counters go on', async () => {
  await begin();
  story.target('shop/checkout/payment', (check) => (check % 7 === 0 ? 'fails' : 'passes'));
  await story.advance('90m', '10s');
  await expectSums();
  const { total, bad, coverage } = budgetOf('journey');
  await story.restart();
  await story.advance('10s');
  await expectSums();
  expect(budgetOf('journey').total - total).toBeLessThan(9);
  expect(budgetOf('journey').bad - bad).toBeLessThanOrEqual(3);
  expect(budgetOf('journey').coverage).toBeCloseTo(coverage, 1);
});

it('a composite is half covered while one of two parts is silent', async () => {
  await begin();
  await story.advance('5m');
  expect(budgetOf('journey').coverage).toBeGreaterThan(0.95);
  story.target('shop/checkout/payment', 'is silent');
  await story.advance('95m', '10s');
  expect(budgetOf('payments').coverage).toBeLessThan(0.1);
  expect(budgetOf('journey').coverage).toBeCloseTo(0.52, 1);
  expect(story.app.nines.slo('shop/checkout/journey')?.state).toBe('unknown');
});

it('a composite is silenced while all that is bad in it is explained, and told when something else is bad too', async () => {
  const files = {
    'shop.yaml': JOURNEY.replace('every: 10s', 'every: 10s\n        dependsOn: [disk]').replace(
      '    slos:',
      '      - { id: disk, kind: tcp, address: "127.0.0.1:1", every: 10s, timeout: 5s }\n    slos:',
    ),
    'policies.yaml': POLICIES,
  };
  story = await start({ files, history: ['shop/checkout/availability', 'shop/checkout/payments'] });
  await story.advance('1m');
  story.target('shop/checkout/disk', 'fails');
  story.target('shop/checkout/health', 'fails');
  await story.advance('6m');
  const silenced = () => story.app.nines.silenced().map(({ alert }) => alert.slo);
  expect(silenced()).toContain('shop/checkout/journey');
  expect(await story.app.nines.incidents({ limit: 1 })).toEqual([]);
  story.target('shop/checkout/payment', 'fails');
  await story.advance('6m');
  expect(silenced()).not.toContain('shop/checkout/journey');
  expect(await story.app.nines.incidents({ limit: 1 })).toHaveLength(1);
});
