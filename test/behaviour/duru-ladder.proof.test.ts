import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/duration.ts';
import { API, startDuru } from '../harness/duru.ts';
import type { Story } from '../harness/nines.ts';

const BY_HAND = { name: 'Elif', door: 'page' } as const;

describe('the ladder of Duru Notes, with the waits that are shipped', () => {
  let story: Story;
  afterEach(async () => {
    await story.stop();
    if (story.errors.length > 0) throw new Error(story.errors.join(''));
  });

  const newest = async () => (await story.app.nines.incidents({ limit: 1 }))[0]?.incident;
  const timeline = async () => {
    const view = await story.app.nines.incident((await newest())?.id ?? '');
    return (view?.timeline ?? []).map(({ text }) => text);
  };
  const openedAt = async (): Promise<number> => (await newest())?.openedAt ?? Number.NaN;
  const called = async (): Promise<number> =>
    (await story.slack()).broadcasts.length + (await story.pagerduty()).length;

  /** An outage, as far as the incident that it opens. */
  const outage = async (): Promise<void> => {
    story = await startDuru();
    await story.advance('1m');
    story.target(API, { health: 'fails', reason: 'status', status: 502 });
    for (let second = 0; second < 90 && !(await newest()); second++) await story.advance('1s');
  };

  /** All answers take 700 ms until the fast tier of the response time fires, which takes 43.2 minutes of them. */
  const slowness = async (): Promise<void> => {
    story = await startDuru();
    await story.advance('1m');
    story.target(API, { durationMs: 700 });
    await story.advance('42m', '10s');
    expect(await newest()).toBeUndefined();
    for (let second = 0; second < 120 && !(await newest()); second++) await story.advance('1s');
  };

  it('DN-54: L1 watches while the system recovers by itself, and fresh checks that prove it spare everybody', async () => {
    await slowness();
    expect(await newest()).toMatchObject({ severity: 'critical', state: 'recovering', level: 1 });
    // A second instance has started: answers are fast again.
    await story.advance('15s');
    story.target(API, { durationMs: 120 });
    await story.advance('5m');
    expect(await newest()).toMatchObject({ state: 'resolved', level: 1, resolved: { by: null } });
    expect(await timeline()).toContainEqual(expect.stringMatching(/^Recovered by itself/));
    expect(await called()).toBe(0);
  });

  it('DN-54: silence proves no recovery: L2 is called, and told that there was none', async () => {
    await slowness();
    story.target(API, 'is silent');
    await story.advance('2m10s');
    expect(await newest()).toMatchObject({ state: 'triggered', level: 2 });
    expect((await story.slack()).broadcasts[0]?.text).toContain('no recovery within 2m');
  });

  it('DN-55: the engineer on call is told on Slack two minutes after the opening, with the runbook', async () => {
    await outage();
    await story.advance('1m58s');
    expect((await story.slack()).roots).toEqual([]);
    await story.advance('5s');
    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length]).toEqual([1, 1]);
    expect((broadcasts[0]?.at ?? 0) - (await openedAt())).toBeLessThanOrEqual(2 * MINUTE + 3_000);
    expect(broadcasts[0]?.text).toContain('Critical · duru-notes/api: API availability');
    for (const message of [roots[0], broadcasts[0]])
      expect(JSON.stringify(message?.blocks)).toContain('http://localhost:9700/runbooks/api-availability.md');
    expect(await story.pagerduty()).toEqual([]);
  });

  it('DN-55: a warning is told to the engineer on call too, and goes no further', async () => {
    story = await startDuru();
    await story.advance('1m');
    story.target('duru-notes/notifications/health', { health: 'fails', reason: 'json', status: 200 });
    await story.advance('45m', '5s');
    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length]).toEqual([1, 1]);
    expect(JSON.stringify(broadcasts[0]?.blocks)).toContain('http://localhost:9700/runbooks/notification-delivery.md');
    expect(await story.pagerduty()).toEqual([]);
  });

  it('DN-56: after ten minutes without an acknowledgement PagerDuty calls the engineering manager', async () => {
    await outage();
    await story.advance('9m58s');
    expect(await story.pagerduty()).toEqual([]);
    await story.advance('5s');
    expect(await story.pagerduty()).toMatchObject([
      {
        status: 'triggered',
        routing_key: expect.stringMatching(/^L3 /),
        title: expect.stringContaining('L3 duru-notes/api: API availability'),
        custom_details: { what: expect.stringContaining('nobody acknowledged within 10m') },
      },
    ]);
  });

  it('DN-56: whoever acknowledges in time spares the manager', async () => {
    await outage();
    await story.advance('5m');
    expect(await story.app.nines.verbs.acknowledge((await newest())?.id ?? '', BY_HAND)).toMatchObject({ ok: true });
    await story.advance('20m', '5s');
    expect(await story.pagerduty()).toEqual([]);
  });

  it('DN-57: after thirty minutes of a business critical outage the executive is called, on a service of their own', async () => {
    await outage();
    await story.advance('29m58s');
    expect((await story.pagerduty()).map(({ routing_key }) => routing_key.slice(0, 2))).toEqual(['L3']);
    await story.advance('5s');
    const incidents = await story.pagerduty();
    expect(incidents.map(({ routing_key }) => routing_key.slice(0, 2))).toEqual(['L4', 'L3']);
    expect(new Set(incidents.map(({ dedup_key }) => dedup_key)).size).toBe(2);
    story.target(API, 'passes');
    await story.advance('8m', '5s');
    expect(await newest()).toMatchObject({ state: 'resolved' });
    expect((await story.pagerduty()).map(({ status }) => status)).toEqual(['resolved', 'resolved']);
  });
});
