import { afterEach, describe, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';
import { startOutage } from '../harness/outage.ts';

describe('delivery', () => {
  let story: Story;
  afterEach(() => story.stop());

  const outage = async (): Promise<string> => {
    const begun = await startOutage();
    ({ story } = begun);
    return begun.id;
  };

  it('delivers the page when Slack comes back, once', async () => {
    await outage();
    await story.fault('slack-down', true);
    await story.advance('4m');
    expect((await story.slack()).roots).toEqual([]);
    await story.fault('slack-down', false);
    await story.advance('5m');
    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length]).toEqual([1, 1]);
  });

  it('finds what Slack stored before it answered 500, instead of posting it twice', async () => {
    await outage();
    await story.fault('slack-500-after-storing', true);
    await story.advance('2m');
    await story.fault('slack-500-after-storing', false);
    await story.advance('2m');
    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length]).toEqual([1, 1]);
  });

  it('tells the fallback channel of a page that is undelivered for a minute, once, and calls L3 when nobody was reached', async () => {
    const id = await outage();
    await story.fault('slack-down', true);
    await story.advance('3m');
    const deliveries = (await story.app.nines.incident(id))?.deliveries ?? [];
    const told = deliveries.filter(({ channel, kind }) => channel === 'console' && kind === 'page');
    expect(told.map(({ message }) => message.text)).toEqual(['L2: not delivered to slack-oncall']);
    await story.advance('30s');
    expect((await story.app.nines.incident(id))?.incident.level).toBe(3);
    expect(await story.pagerduty()).toHaveLength(1);
  });

  it('leaves an incident alone that somebody took before its page could be delivered', async () => {
    const id = await outage();
    await story.fault('slack-down', true);
    await story.advance('125s');
    await story.app.nines.verbs.acknowledge(id, { name: 'Ann', door: 'page' });
    await story.advance('10m');
    expect((await story.app.nines.incident(id))?.incident).toMatchObject({ state: 'acknowledged', level: 2 });
    expect(await story.pagerduty()).toEqual([]);
  });

  it('does not rush to the executive when two levels have no working channel', async () => {
    story = await start({ env: { PAGERDUTY_ROUTING_KEY: undefined, NINES_SLACK_CHANNEL: undefined } });
    await story.advance('1m');
    story.target('shop/checkout/health', 'fails');
    await story.advance('70s');
    await story.advance('2m');
    const levels = (await story.app.nines.incidents({ state: 'open', limit: 1 })).map(({ incident }) => incident.level);
    expect(levels).toEqual([2]);
    await story.advance('4m');
    const [view] = await story.app.nines.incidents({ state: 'open', limit: 1 });
    const whole = await story.app.nines.incident(view?.incident.id ?? '');
    const reached =
      whole?.timeline.filter(({ kind }) => kind === 'level-reached').map(({ at, level }) => [level, at]) ?? [];
    expect(reached.map(([level]) => level)).toEqual([2, 3, 4]);
    const gaps = reached.slice(1).map(([, at], index) => Number(at) - Number(reached[index]?.[1]));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(85_000);
  });

  it('opens one PagerDuty incident however often PagerDuty fails', async () => {
    const id = await outage();
    await story.advance('9m');
    await story.fault('pagerduty-down', true);
    await story.advance('100s');
    await story.fault('pagerduty-down', false);
    await story.advance('6m');
    const labels = (await story.pagerduty()).filter(({ routing_key }) => routing_key.startsWith('L3'));
    expect(labels).toHaveLength(1);
    expect((await story.app.nines.incident(id))?.incident.state).toBe('triggered');
  });

  it('goes on after a restart where it stopped: nothing twice, nothing forgotten', async () => {
    const id = await outage();
    await story.advance('3m');
    await story.restart();
    await story.advance('8m');
    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length]).toEqual([1, 1]);
    expect(await story.pagerduty()).toHaveLength(1);
    expect((await story.app.nines.incident(id))?.incident.level).toBe(3);
  });
});
