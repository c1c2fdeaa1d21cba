import { afterEach, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/duration.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Story } from '../harness/nines.ts';

const SPEED = `      - id: speed
        name: Checkout speed
        objective: 99
        window: 30d
        indicator:
          kind: time-slice
          source: { kind: probe, probe: health, metric: response-time }
          comparison: "<"
          threshold: 0.5
`;

let story: Story;
afterEach(() => story.stop());

const begin = async (): Promise<void> => {
  story = await start({ files: { 'shop.yaml': SYSTEM + SPEED, 'policies.yaml': POLICIES } });
};
const speed = () => story.app.nines.slo('shop/checkout/speed');
const counts = () => {
  const { total = 0, bad = 0 } = speed()?.budget ?? {};
  return { total, bad };
};
/** The value of a counter of the SLO. */
const exported = async (name: string): Promise<number> => {
  const line = (await story.metrics()).split('\n').find((one) => one.startsWith(`${name}{`) && one.includes('"speed"'));
  return Number(line?.split(' ').at(-1));
};
/** A slice is known 10 s after its end: a check may take 5 s, and so may its way. */
const slicesOver = (): number => Math.floor((story.clock.now() - 70 * SECOND) / MINUTE);
const SLOW = { durationMs: 800 };

it('a slice is bad when one sample is, and is counted when it is over', async () => {
  await begin();
  await story.advance('10m');
  const before = counts();
  expect(before.bad).toBe(0);
  // The sixth part of each of five minutes.
  for (let minute = 0; minute < 5; minute++) {
    story.target('shop/checkout/health', SLOW);
    await story.advance('10s');
    story.target('shop/checkout/health', 'passes');
    await story.advance('50s');
  }
  await story.advance('2m');
  expect(counts()).toEqual({ total: before.total + 7, bad: 5 });
  expect(await exported('nines_sli_bad_total')).toBe(5);
  expect(await exported('nines_sli_events_total')).toBe(counts().total);
  expect(speed()?.budget.coverage).toBeGreaterThan(0.9);
  const [view] = await story.app.nines.incidents({ limit: 1 });
  const details = Object.values(view?.incident.alerts ?? {}).map(({ detail }) => detail);
  expect(details.join()).toMatch(/slices of 1 m had response-time not below 0\.5 in 1 h/);
  expect(await story.page('/slos/shop/checkout/speed')).toContain('response-time');
});

it('a slice that a restart cuts in two is counted once, with what was seen before', async () => {
  await begin();
  await story.advance('10m');
  const before = counts();
  const slicesBefore = slicesOver();
  // To the middle of a minute.
  await story.advance(`${30 - Math.floor((story.clock.now() % MINUTE) / SECOND) + 60}s`);
  story.target('shop/checkout/health', SLOW);
  await story.advance('10s');
  story.target('shop/checkout/health', 'passes');
  await story.restart();
  await story.advance('10m');
  const after = counts();
  expect(after.bad).toBe(1);
  expect(after.total - before.total).toBe(slicesOver() - slicesBefore);
  expect(await exported('nines_sli_events_total')).toBe(after.total);
  await story.restart();
  await story.advance('1m');
  expect(counts()).toEqual({ total: after.total + 1, bad: 1 });
});

it('a slice without samples has no data; one that was only watched counts nothing', async () => {
  await begin();
  await story.advance('10m');
  const before = counts();
  story.target('shop/checkout/health', 'is silent');
  await story.advance('20m');
  expect(counts().total - before.total).toBeLessThanOrEqual(2);
  expect(speed()?.state).toBe('unknown');
  // It fails at once: that is not slow, and availability counts it.
  story.target('shop/checkout/health', 'fails');
  await story.advance('20m');
  expect(counts().total - before.total).toBeLessThanOrEqual(2);
  expect(counts().bad).toBe(0);
  expect(speed()?.lastDataAt).toBeGreaterThan(story.clock.now() - 3 * MINUTE);
});
