import { afterEach, describe, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';

describe('delivery', () => {
  let story: Story;
  afterEach(() => story.stop());

  const outage = async (): Promise<string> => {
    story = await start();
    await story.advance('1m');
    story.target('shop/checkout/health', 'fails');
    await story.advance('70s');
    const [open] = await story.app.nines.incidents({ state: 'open', limit: 10 });
    return open?.incident.id ?? 'none';
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

  it('tells the fallback channel of a page that is undelivered for a minute, once', async () => {
    const id = await outage();
    await story.fault('slack-down', true);
    await story.advance('5m');
    const deliveries = (await story.app.nines.incident(id))?.deliveries ?? [];
    const fallback = deliveries.filter(
      ({ channel, message }) => channel === 'console' && message.text.startsWith('Not delivered'),
    );
    expect(fallback).toHaveLength(1);
  });

  it('opens one PagerDuty incident per level however often PagerDuty fails, and climbs on since nobody may have heard', async () => {
    await outage();
    await story.fault('pagerduty-down', true);
    await story.advance('12m');
    await story.fault('pagerduty-down', false);
    await story.advance('6m');
    const labels = (await story.pagerduty()).map(({ routing_key }) => routing_key.slice(0, 2));
    expect(labels.toSorted()).toEqual(['L3', 'L4']);
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
