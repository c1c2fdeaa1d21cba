import { afterEach, describe, expect, it } from 'vitest';
import { alertmanager, body, BURNS, post } from '../harness/alertmanager.ts';
import { start, type Given, type Story } from '../harness/nines.ts';

const PROBE = 'shop/checkout/health';

describe('Nines and Prometheus judge the same alert', () => {
  let story: Story;
  let prometheus: ReturnType<typeof alertmanager>;
  afterEach(() => story.stop());

  const begin = async (given: Given = {}): Promise<void> => {
    story = await start(given);
    prometheus = alertmanager(story);
    await story.advance('1m');
  };
  /** Nines itself sees an outage and opens an incident. */
  const outage = async (): Promise<void> => {
    story.target(PROBE, 'fails');
    await story.advance('70s');
  };
  const all = async () => (await story.app.nines.incidents({ limit: 10 })).map(({ incident }) => incident);
  const only = async () => {
    const incidents = await all();
    expect(incidents).toHaveLength(1);
    return incidents[0]!;
  };
  /** Of the alert that both judge: Nines alone finds slower tiers too. */
  const shared = async () => {
    const { alerts } = await only();
    return Object.values(alerts).filter(({ title }) => title.includes('14.4'));
  };
  const statuses = async () => (await shared()).map(({ status }) => status);
  /** Alertmanager repeats what fires every 5 min. */
  const repeated = async (minutes: number): Promise<void> => {
    for (let passed = 0; passed < minutes; passed += 5) {
      await prometheus.fires();
      await story.advance('5m');
    }
  };
  const pages = async () => (await story.slack()).broadcasts.length;

  it('Nines first, then Prometheus: one alert, one incident, one page', async () => {
    await begin();
    await outage();
    expect(await prometheus.fires()).toMatchObject({ status: 200, json: { changed: 0, repeated: 1 } });
    await story.advance('3m');
    expect(await statuses()).toEqual(['firing']);
    expect(await pages()).toBe(1);
    const { id } = await only();
    expect(await story.page(`/incidents/${id}`)).toContain('Fires for Nines and Prometheus (http://am.example.org)');
  });

  it('the outage ends, and a slower rule goes on seeing it in its look-back: that holds nothing open', async () => {
    const slow = { ...BURNS, tier: 'page-slow', long_window: '6h', short_window: '30m' };
    await begin();
    story.target(PROBE, 'fails');
    await story.advance('12m');
    await prometheus.fires();
    await prometheus.fires(slow);
    story.target(PROBE, 'passes');
    await story.advance('4m');
    // Nothing is over yet: the fast tier still burns, and both rules fire.
    expect((await only()).state).not.toBe('resolved');
    await story.advance('2m');
    await prometheus.resolves();
    await prometheus.fires(slow);
    await story.advance('3m');
    expect((await only()).state).toBe('resolved');
    await prometheus.fires(slow);
    await story.advance('5m');
    expect((await only()).state).toBe('resolved');
  });

  it.each([
    ['page-slow', 30, false],
    ['page-slow', 30, true],
    ['ticket-fast', 120, false],
    ['ticket-slow', 360, true],
  ])(
    'the rule of %s sees the outage up to 25 min longer than Nines does (%i min): what is resolved stays so; restarted: %s',
    async (tier, short, isRestarted) => {
      const severity = tier.startsWith('page') ? 'critical' : 'warning';
      const slow = { ...BURNS, tier, severity };
      await begin();
      story.target(PROBE, 'fails');
      await story.advance('12m');
      const startsAt = story.clock.now();
      await prometheus.fires(slow, { startsAt });
      story.target(PROBE, 'passes');
      const seen: string[] = [];
      for (let passed = 0; passed < short + 25; passed += 5) {
        await story.advance('5m', passed < 10 ? '1s' : '10s');
        if (isRestarted && passed === short) await story.restart();
        await prometheus.fires(slow, { startsAt });
        if (passed > 10) seen.push((await only()).state);
      }
      expect(new Set(seen)).toEqual(new Set(['resolved']));
      await prometheus.resolves(slow);
      expect(await only()).toMatchObject({ state: 'resolved', episode: 1 });
      // It fires anew: that is news, whatever Nines sees.
      await prometheus.fires(slow);
      expect((await all()).some(({ state }) => state !== 'resolved')).toBe(true);
    },
  );

  it('what goes on firing long after that is told', async () => {
    const slow = { ...BURNS, tier: 'page-slow' };
    await begin();
    story.target(PROBE, 'fails');
    await story.advance('12m');
    const startsAt = story.clock.now();
    await prometheus.fires(slow, { startsAt });
    story.target(PROBE, 'passes');
    for (let passed = 0; passed < 85; passed += 5) {
      await story.advance('5m', '5s');
      await prometheus.fires(slow, { startsAt });
    }
    expect((await all()).some(({ state }) => state !== 'resolved')).toBe(true);
  });

  it('Prometheus first, then Nines: the same', async () => {
    await begin();
    expect(await prometheus.fires()).toMatchObject({ status: 200, json: { changed: 1 } });
    const { id, title, severity } = await only();
    expect([title, severity]).toEqual([
      'shop/checkout: Checkout availability burns its budget more than 14.4 times too fast',
      'critical',
    ]);
    expect(await story.page(`/incidents/${id}`)).toContain('Fires for only Prometheus (http://am.example.org)');
    await outage();
    await story.advance('2m');
    expect(await shared()).toMatchObject([
      { status: 'firing', detail: expect.stringContaining('checks failed in 1 h') },
    ]);
    expect(await pages()).toBe(1);
  });

  it('stays open while Prometheus still fires, and resolves when both have said that it is over', async () => {
    await begin();
    await outage();
    await prometheus.fires();
    story.target(PROBE, 'passes');
    await repeated(30);
    expect((await only()).state).toBe('triggered');
    expect(await statuses()).toEqual(['firing']);
    await prometheus.resolves();
    expect(await statuses()).toEqual(['clear']);
    await story.advance('2m');
    expect((await only()).state).toBe('resolved');
    expect(story.errors).toEqual([]);
  });

  it('stays open while Nines still fires', async () => {
    await begin();
    await prometheus.fires();
    await outage();
    expect(await prometheus.resolves()).toMatchObject({ json: { changed: 0, repeated: 1 } });
    await story.advance('5m');
    expect(await statuses()).toEqual(['firing']);
    story.target(PROBE, 'passes');
    await story.advance('30m');
    expect((await only()).state).toBe('resolved');
  });

  it('an Alertmanager that falls silent makes it stale after 11 min; its ladder goes on, and silence resolves nothing', async () => {
    await begin();
    await prometheus.fires();
    await story.advance('659s');
    expect(await statuses()).toEqual(['firing']);
    await story.advance('2s');
    expect(await statuses()).toEqual(['stale']);
    await story.advance('2h', '10s');
    expect(await only()).toMatchObject({ state: 'triggered', level: 4, episode: 1 });
    expect(await statuses()).toEqual(['stale']);
    expect(await prometheus.fires()).toMatchObject({ json: { changed: 1 } });
    expect(await statuses()).toEqual(['firing']);
    await prometheus.resolves();
    await story.advance('2m');
    expect((await only()).state).toBe('resolved');
  });

  it('once a person has resolved what nobody judges any more, Nines alone decides what comes later', async () => {
    await begin();
    await prometheus.fires();
    await story.advance('12m');
    const { id } = await only();
    await story.app.nines.verbs.resolve(id, { name: 'Ann', door: 'page' });
    await story.advance('1h', '10s');
    expect((await only()).state).toBe('resolved');
    await outage();
    story.target(PROBE, 'passes');
    await story.advance('1h', '10s');
    expect((await all()).map(({ state }) => state)).toEqual(['resolved', 'resolved']);
  });

  it.each([1, 30])(
    'a person resolves what fires, and its judge disappears: a restart, after %i min or 8 h, tells nothing anew',
    async (minutes) => {
      await begin();
      await prometheus.fires();
      await story.advance('1m');
      const { id } = await only();
      await story.app.nines.verbs.resolve(id, { name: 'Ann', door: 'page' });
      await story.advance(`${minutes}m`);
      const told = await pages();
      for (let restarts = 0; restarts < 2; restarts++) {
        await story.restart();
        await story.advance('20m', '5s');
        expect([await pages(), (await all()).map(({ state, episode }) => [state, episode])]).toEqual([
          told,
          [['resolved', 1]],
        ]);
        story.clock.moveTo(story.clock.now() + 8 * 60 * 60_000);
      }
      expect(story.app.nines.alerts().filter(({ status }) => status === 'firing')).toEqual([]);
    },
  );

  it('a person resolves what fires, and its judge disappears: it is not waited for', async () => {
    await begin();
    await prometheus.fires();
    await story.advance('1m');
    const { id } = await only();
    await story.app.nines.verbs.resolve(id, { name: 'Ann', door: 'page' });
    await prometheus.fires();
    await story.advance('12m');
    expect(story.app.nines.alerts()).toEqual([]);
    await prometheus.fires();
    expect((await all()).some(({ state }) => state !== 'resolved')).toBe(true);
  });

  it('what is stale for long is no news after a restart', async () => {
    await begin();
    await prometheus.fires();
    await story.advance('12m');
    await story.restart();
    await story.advance('10s');
    expect(await statuses()).toEqual(['stale']);
  });

  it('a restart keeps what each of them said', async () => {
    await begin();
    await outage();
    await prometheus.fires();
    await story.restart();
    story.target(PROBE, 'passes');
    await repeated(30);
    expect(await statuses()).toEqual(['firing']);
    await story.restart();
    await story.advance('1m');
    await prometheus.resolves();
    await story.advance('2m');
    expect((await only()).state).toBe('resolved');
  });

  it('after a restart Nines does not clear what only Prometheus has said', async () => {
    await begin();
    await prometheus.fires();
    await story.restart();
    await story.advance('5m');
    expect(await statuses()).toEqual(['firing']);
  });

  it('after a restart Nines says for itself what only Prometheus had said', async () => {
    await begin();
    story.target(PROBE, 'fails');
    await story.advance('50s');
    await prometheus.fires();
    await story.restart();
    await story.advance('20s', '20s');
    await prometheus.resolves();
    expect(await statuses()).toEqual(['firing']);
  });

  it('being away is not the silence of others', async () => {
    await begin();
    await prometheus.fires();
    await story.app.close();
    story.clock.moveTo(story.clock.now() + 20 * 60_000);
    await story.restart();
    await story.advance('10m');
    expect(await statuses()).toEqual(['firing']);
    await story.advance('2m');
    expect(await statuses()).toEqual(['stale']);
  });

  it('the same message twice changes nothing', async () => {
    await begin();
    const message = JSON.stringify(body(story.clock.now(), [{ labels: BURNS }]));
    await post(story, message);
    const before = await only();
    expect(await post(story, message)).toMatchObject({ status: 200, json: { changed: 0, repeated: 1 } });
    expect(await only()).toEqual(before);
    const gone = JSON.stringify(body(story.clock.now(), [{ labels: BURNS, status: 'resolved' }]));
    await post(story, gone);
    const after = await only();
    expect(await post(story, gone)).toMatchObject({ json: { changed: 0, repeated: 1 } });
    expect(await only()).toEqual(after);
  });

  it('"resolved" of what never fired is nothing', async () => {
    await begin();
    expect(await prometheus.resolves()).toMatchObject({ status: 200, json: { changed: 0, unknown: 1 } });
    expect(await all()).toEqual([]);
    expect(story.app.nines.alerts()).toEqual([]);
  });

  it('two Prometheus servers behind one Alertmanager: it fires while one of them says so', async () => {
    await begin();
    const [a, b] = [
      { ...BURNS, replica: 'a' },
      { ...BURNS, replica: 'b' },
    ];
    await prometheus.says([{ labels: a }, { labels: b }]);
    await prometheus.says([{ labels: b }, { labels: a, status: 'resolved' }]);
    expect(await statuses()).toEqual(['firing']);
    await prometheus.says([{ labels: b, status: 'resolved' }]);
    expect(await statuses()).toEqual(['clear']);
  });

  it('two Alertmanagers are two judges', async () => {
    await begin();
    const other = alertmanager(story, 'http://other.example.org');
    await prometheus.fires();
    await other.fires();
    await prometheus.resolves();
    expect(await statuses()).toEqual(['firing']);
    await other.resolves();
    expect(await statuses()).toEqual(['clear']);
  });

  it('the incident clock begins when Prometheus saw it, where Nines saw nothing', async () => {
    await begin({ history: [] });
    const startsAt = story.clock.now() - 8 * 60_000;
    await prometheus.fires({ alertname: 'DiskFull', service: 'search' }, { startsAt });
    expect((await only()).badFrom).toBe(startsAt);
  });

  it('a wall clock that is set makes nobody stale', async () => {
    await begin();
    await prometheus.fires();
    story.clock.step(60 * 60_000);
    await story.advance('10m');
    expect(await statuses()).toEqual(['firing']);
  });
});
