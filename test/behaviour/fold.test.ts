import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/duration.ts';
import { start, type Story } from '../harness/nines.ts';

const PROBE = 'shop/checkout/health';

describe('after an outage of twelve minutes', () => {
  let story: Story;
  afterEach(() => story.stop());

  const outage = async (): Promise<void> => {
    story = await start();
    await story.advance('1m');
    story.target(PROBE, 'fails');
    await story.advance('12m');
    expect(firing()).toEqual(['page-fast', 'page-slow', 'ticket-fast', 'ticket-slow']);
  };
  const firing = () =>
    story.app.nines
      .slo('shop/checkout/availability')
      ?.tiers.flatMap(({ name, status }) => (status === 'firing' ? [name] : []));
  const newest = async () => (await story.app.nines.incidents({ limit: 1 }))[0]?.incident;
  const open = () => story.app.nines.incidents({ state: 'open', limit: 5 });

  it('all its tiers clear and the incident resolves within seven minutes of the recovery, and stays so', async () => {
    await outage();
    story.target(PROBE, 'passes');
    await story.advance('7m');
    expect(await newest()).toMatchObject({ state: 'resolved', episode: 1 });
    await story.advance('8h', '10s');
    expect(firing()).toEqual([]);
    expect(await newest()).toMatchObject({ state: 'resolved', episode: 1 });
    expect(await story.app.nines.incidents({ limit: 5 })).toHaveLength(1);
  });

  it('a restart remembers that it is over', async () => {
    await outage();
    story.target(PROBE, 'passes');
    await story.advance('7m');
    await story.restart();
    await story.advance('30m');
    expect(firing()).toEqual([]);
    expect(await newest()).toMatchObject({ state: 'resolved', episode: 1 });
  });

  it('a restart after minutes of downtime does, too', async () => {
    await outage();
    story.target(PROBE, 'passes');
    await story.advance('40m');
    story.clock.moveTo(story.clock.now() + 4 * MINUTE);
    await story.restart();
    await story.advance('10m');
    expect(await open()).toEqual([]);
    expect(await story.app.nines.incidents({ limit: 5 })).toHaveLength(1);
  });

  it('a restart in the middle of it changes nothing', async () => {
    await outage();
    await story.restart();
    story.target(PROBE, 'passes');
    await story.advance('7m');
    expect(await newest()).toMatchObject({ state: 'resolved', episode: 1 });
  });

  it('a pause of the prober later on is no outage: nobody is called for what is over', async () => {
    await outage();
    story.target(PROBE, 'passes');
    await story.advance('40m');
    story.target(PROBE, 'is silent');
    await story.advance('4m');
    story.target(PROBE, 'passes');
    await story.advance('10m');
    expect(await open()).toEqual([]);
    expect(await story.app.nines.incidents({ limit: 5 })).toHaveLength(1);
  });

  it('the incident stays open while every 20th check goes on failing', async () => {
    await outage();
    story.target(PROBE, (check) => (check % 20 === 0 ? 'fails' : 'passes'));
    await story.advance('2h', '10s');
    expect(firing()).toContain('ticket-slow');
    expect(await open()).toMatchObject([{ incident: { severity: 'critical' } }]);
  });

  it('every 20th check that fails from an hour later on is a new incident', async () => {
    await outage();
    story.target(PROBE, 'passes');
    await story.advance('1h', '10s');
    expect(await open()).toEqual([]);
    story.target(PROBE, (check) => (check % 20 === 0 ? 'fails' : 'passes'));
    await story.advance('20m', '10s');
    expect(await open()).toHaveLength(1);
  });

  it('a burn at which ticket-fast flaps is held open by ticket-slow, in one episode', async () => {
    await outage();
    story.target(PROBE, (check) => (check % 300 === 0 ? 'fails' : 'passes'));
    await story.advance('8h', '10s');
    const before = await newest();
    for (let hour = 0; hour < 3; hour++) {
      await story.advance('1h', '10s');
      expect(firing()).toContain('ticket-slow');
    }
    expect(await newest()).toMatchObject({ id: before?.id, severity: 'warning', episode: before?.episode });
  });

  it('a slower burn, one check in 450, is told as a warning once the outage has left the look-back of six hours', async () => {
    await outage();
    story.target(PROBE, (check) => (check % 450 === 0 ? 'fails' : 'passes'));
    await story.advance('7m');
    expect(await open()).toEqual([]);
    await story.advance('7h', '10s');
    expect(firing()).toContain('ticket-slow');
    expect(await open()).toMatchObject([{ incident: { severity: 'warning' } }]);
  });
});
