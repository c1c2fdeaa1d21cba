import { afterEach, describe, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';
import { startOutage } from '../harness/outage.ts';

const ANN = { name: 'Ann', door: 'page' } as const;

describe('the ladder', () => {
  let story: Story;
  afterEach(() => story.stop());

  const outage = async (): Promise<string> => {
    const begun = await startOutage();
    ({ story } = begun);
    return begun.id;
  };

  it('opens an incident within the theoretical floor and one interval: 51.84 s + 10 s', async () => {
    story = await start();
    await story.advance('1m');
    story.target('shop/checkout/health', 'fails');
    await story.advance('51s');
    expect(await story.app.nines.incidents({ state: 'open', limit: 10 })).toEqual([]);
    await story.advance('11s');
    expect(await story.app.nines.incidents({ state: 'open', limit: 10 })).toMatchObject([
      { incident: { severity: 'critical', service: 'checkout', state: 'triggered' } },
    ]);
  });

  it('pages the on-call engineer at 2 min with one root message and one broadcast', async () => {
    await outage();
    expect((await story.slack()).roots).toEqual([]);
    await story.advance('2m');
    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length]).toEqual([1, 1]);
    expect(broadcasts[0]?.text).toContain('Checkout availability');
  });

  it('pages the manager at 10 min and the executive at 30 min when nobody acknowledges', async () => {
    await outage();
    await story.advance('9m30s');
    expect(await story.pagerduty()).toEqual([]);
    await story.advance('1m');
    expect(await story.pagerduty()).toMatchObject([
      { status: 'triggered', routing_key: expect.stringContaining('L3') },
    ]);
    await story.advance('20m');
    expect(await story.pagerduty()).toMatchObject([
      { routing_key: expect.stringContaining('L4') },
      { routing_key: expect.stringContaining('L3') },
    ]);
  });

  it('goes no further once somebody acknowledges, and tells the second one who was first', async () => {
    const id = await outage();
    await story.advance('3m');
    expect(await story.app.nines.verbs.acknowledge(id, ANN)).toMatchObject({ ok: true });
    expect(await story.app.nines.verbs.acknowledge(id, { name: 'Bob', door: 'api' })).toMatchObject({
      ok: false,
      code: 'conflict',
      message: expect.stringContaining('Ann'),
    });
    await story.advance('20m');
    expect(await story.pagerduty()).toEqual([]);
    expect((await story.slack()).broadcasts).toHaveLength(1);
  });

  it('pages the same level again when the acknowledgement times out', async () => {
    const id = await outage();
    await story.advance('3m');
    await story.app.nines.verbs.acknowledge(id, ANN);
    await story.advance('31m');
    expect((await story.slack()).broadcasts).toHaveLength(2);
  });

  it('closes everywhere when the system recovers: Slack root updated, PagerDuty resolved, no further page', async () => {
    const id = await outage();
    await story.advance('11m');
    story.target('shop/checkout/health', 'passes');
    await story.advance('8m');
    expect((await story.app.nines.incident(id))?.incident.state).toBe('resolved');
    expect(await story.pagerduty()).toMatchObject([{ status: 'resolved' }]);
    const { roots, broadcasts } = await story.slack();
    expect(roots[0]?.edits).toBeGreaterThan(0);
    expect(broadcasts).toHaveLength(1);
    expect(story.errors).toEqual([]);
  });

  it('does not take silence for recovery: without data the incident stays open and climbs on', async () => {
    const id = await outage();
    story.target('shop/checkout/health', 'is silent');
    await story.advance('40m');
    const view = await story.app.nines.incident(id);
    expect(view?.incident.state).not.toBe('resolved');
    expect(Object.values(view?.incident.alerts ?? {}).map(({ status }) => status)).toContain('stale');
    expect(await story.pagerduty()).toHaveLength(2);
  });

  it('is quiet while snoozed, and pages the same level when the snooze ends', async () => {
    const id = await outage();
    await story.advance('3m');
    expect(await story.app.nines.verbs.snooze(id, ANN, 30 * 60_000)).toMatchObject({ ok: true });
    await story.advance('29m');
    expect((await story.slack()).broadcasts).toHaveLength(1);
    await story.advance('2m');
    expect((await story.slack()).broadcasts).toHaveLength(2);
  });
});
