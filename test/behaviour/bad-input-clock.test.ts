import { afterEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Story } from '../harness/nines.ts';

const BACK = -50 * SECOND;
const FORWARD = 2 * HOUR;

describe('when the wall clock steps', () => {
  let story: Story;
  afterEach(() => story.stop());

  const begin = async (): Promise<void> => {
    story = await start();
    await story.advance('5m');
  };
  const open = async () =>
    (await story.app.nines.incidents({ state: 'open', limit: 10 })).map(({ incident }) => incident);
  /** Slack pages, by what they page for. */
  const pages = async () => {
    const { roots, broadcasts } = await story.slack();
    return [roots.length, broadcasts.length, (await story.pagerduty()).length];
  };

  it.each([
    ['back 50 s', [BACK]],
    ['forward 2 h', [FORWARD]],
    ['forward 2 h and back again', [FORWARD, -FORWARD]],
    ['back 50 s, three times', [BACK, BACK, BACK]],
  ])('%s while all is well, nobody is paged and data keeps coming in', async (_, steps) => {
    await begin();
    for (const step of steps) {
      story.clock.step(step);
      await story.advance('2m');
    }
    await story.advance('15m');
    expect([await pages(), await open()]).toEqual([[0, 0, 0], []]);
    expect(story.app.nines.probe('shop/checkout/health')?.state).toBe('up');
    expect((await fetch(`${story.app.url}/ready`)).status).toBe(200);
    expect(story.app.nines.slo('shop/checkout/availability')?.budget.remaining).toBe(1);
    expect(story.errors).toEqual([]);
  });

  it.each([
    ['back 50 s', [BACK]],
    ['forward 2 h', [FORWARD]],
    ['forward 2 h and back again', [FORWARD, -FORWARD]],
  ])('%s before an outage, it is paged within minutes all the same', async (_, steps) => {
    await begin();
    for (const step of steps) {
      story.clock.step(step);
      await story.advance('30s');
    }
    story.target('shop/checkout/health', 'fails');
    await story.advance('5m');
    expect(await open()).toMatchObject([{ severity: 'critical', service: 'checkout' }]);
    expect(await pages()).toEqual([1, 1, 0]);
    expect(story.errors).toEqual([]);
  });

  it('back 50 s in the middle of an outage: every level is paged once', async () => {
    await begin();
    story.target('shop/checkout/health', 'fails');
    await story.advance('40s');
    story.clock.step(BACK);
    await story.advance('2m');
    expect(await open()).toHaveLength(1);
    story.clock.step(BACK);
    await story.advance('3m');
    expect(await pages()).toEqual([1, 1, 0]);
    story.clock.step(BACK);
    await story.advance('8m');
    expect(await pages()).toEqual([1, 1, 1]);
    story.target('shop/checkout/health', 'passes');
    await story.advance('10m');
    expect([await pages(), await open()]).toEqual([[1, 1, 1], []]);
    expect(story.errors).toEqual([]);
  });

  it('forward 2 h in the middle of an outage: every level is paged once, and it still ends', async () => {
    await begin();
    story.target('shop/checkout/health', 'fails');
    await story.advance('4m');
    expect(await pages()).toEqual([1, 1, 0]);
    story.clock.step(FORWARD);
    await story.advance('1m');
    const [, broadcasts] = await pages();
    expect(broadcasts).toBeLessThanOrEqual(2);
    const levels = (await story.pagerduty()).map(({ routing_key }) => routing_key.slice(0, 2));
    expect(levels.toSorted()).toEqual(['L3', 'L4']);
    story.target('shop/checkout/health', 'passes');
    await story.advance('15m');
    expect(await open()).toEqual([]);
    expect((await story.pagerduty()).map(({ status }) => status)).toEqual(['resolved', 'resolved']);
    expect(story.errors).toEqual([]);
  });

  it('a condition fires and clears on time after the clock was two hours ahead', async () => {
    const condition = `    conditions:
      - { id: down, name: Checkout down, source: { kind: probe, probe: health, metric: failing }, comparison: '>=', threshold: 1, for: 20s, severity: critical }
`;
    story = await start({ files: { 'shop.yaml': SYSTEM + condition, 'policies.yaml': POLICIES } });
    await story.advance('1m');
    story.clock.step(FORWARD);
    await story.advance('1m');
    story.clock.step(-FORWARD);
    story.target('shop/checkout/health', 'fails');
    await story.advance('45s');
    expect(await open()).toMatchObject([{ title: expect.stringContaining('Checkout down') }]);
    story.target('shop/checkout/health', 'passes');
    await story.advance('30s');
    expect(Object.values((await open())[0]?.alerts ?? {})).toContainEqual(
      expect.objectContaining({ title: 'Checkout down', status: 'clear' }),
    );
    expect(story.errors).toEqual([]);
  });

  it('a heartbeat is missed on time after the clock was two hours ahead', async () => {
    const shop = `apiVersion: nines/v1
kind: System
id: shop
name: Shop
services:
  - id: jobs
    name: Jobs
    policy: standard
    probes: [{ id: backup, kind: heartbeat, every: 10m, grace: 1m }]
    conditions:
      - { id: missed, name: Backup missed, source: { kind: probe, probe: backup, metric: failing }, comparison: '>=', threshold: 1, severity: warning }
`;
    story = await start({ files: { 'shop.yaml': shop, 'policies.yaml': POLICIES }, history: [] });
    story.clock.step(FORWARD);
    await story.advance('1m');
    await story.app.nines.verbs.beat('shop/jobs/backup');
    story.clock.step(-FORWARD);
    await story.advance('10m');
    expect(await open()).toEqual([]);
    await story.advance('5m');
    expect(await open()).toMatchObject([{ severity: 'warning', service: 'jobs' }]);
    expect(story.errors).toEqual([]);
  });

  it('a counter never falls and nothing that is stored is lost', async () => {
    await begin();
    const events = async (): Promise<number> =>
      Number(/^nines_sli_events_total\{[^}]*\} (\d+)/m.exec(await story.metrics())?.[1]);
    let before = await events();
    for (const step of [BACK, FORWARD, -FORWARD, BACK]) {
      story.clock.step(step);
      await story.advance('1m');
      const now = await events();
      expect(now).toBeGreaterThanOrEqual(before + 5);
      before = now;
    }
    await story.restart();
    await story.advance('1m');
    expect(await events()).toBeGreaterThanOrEqual(before + 5);
    expect(story.clock.now()).toBeGreaterThan(MINUTE);
    expect(story.errors).toEqual([]);
  });
});
