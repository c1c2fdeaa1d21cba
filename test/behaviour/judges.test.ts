import { afterEach, describe, expect, it } from 'vitest';
import { NinesError } from '../../src/errors.ts';
import { alertmanager, body, BURNS, post } from '../harness/alertmanager.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
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

const DEPENDENT = SYSTEM.replace('        every: 10s', '        every: 10s\n        dependsOn: [database/primary]')
  .concat(`
  - id: database
    name: Database
    policy: standard
    probes:
      - { id: primary, kind: tcp, address: '127.0.0.1:1', every: 10s, timeout: 5s }
`);

describe('an alert that something else explains', () => {
  let story: Story;
  afterEach(() => story.stop());
  const state = async () =>
    (await story.app.nines.incidents({ limit: 9 })).map(({ incident }) => [incident.service, incident.state]);
  const silenced = () => story.app.nines.silenced().map(({ because }) => because);

  const begin = async () => {
    story = await start({ files: { 'shop.yaml': DEPENDENT, 'policies.yaml': POLICIES } });
    await story.advance('1m');
    story.target('shop/database/primary', 'fails');
    await story.advance('1m');
    expect(await alertmanager(story).fires()).toMatchObject({ status: 200, json: { changed: 0, silenced: 1 } });
  };

  it('is not told, whoever judges it, and said to be silenced, after a restart too', async () => {
    await begin();
    expect([await state(), silenced()]).toEqual([[], ['it depends on shop/database/primary, which is down']]);
    await story.restart();
    await story.advance('5s');
    expect([await state(), silenced().length]).toEqual([[], 1]);
    await alertmanager(story).resolves();
    await story.advance('5s');
    expect([await state(), silenced()]).toEqual([[], []]);
  });

  it('is told once nothing explains it any more', async () => {
    await begin();
    story.target('shop/database/primary', 'passes');
    await story.advance('5m');
    expect([await state(), silenced()]).toEqual([[['checkout', 'triggered']], []]);
  });
});

describe('an alert that is none of ours', () => {
  let story: Story;
  afterEach(() => story.stop());
  const LABELS = { alertname: 'NodeDown', instance: 'i1', severity: 'page', team: 'a' };
  const incidents = async () => (await story.app.nines.incidents({ limit: 100 })).map(({ incident }) => incident);

  it('opens an incident, pages by its severity, and resolves', async () => {
    story = await start();
    await story.advance('1m');
    const prometheus = alertmanager(story);
    await prometheus.fires(LABELS, {
      annotations: {
        summary: 'Node i1 is down',
        description: 'No scrape for 5 min',
        runbook_url: 'https://run.example/1',
      },
    });
    expect(await incidents()).toMatchObject([
      { title: 'external/external: Node i1 is down', severity: 'critical', system: 'external', policy: 'standard' },
    ]);
    await story.advance('3m');
    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length]).toEqual([1, 1]);
    expect(JSON.stringify(roots)).toContain('No scrape for 5 min');
    await prometheus.resolves({ ...LABELS, instance: 'i2' });
    await story.advance('2m');
    expect(await incidents()).toMatchObject([{ state: 'triggered' }]);
    await prometheus.resolves(LABELS);
    await story.advance('2m');
    expect(await incidents()).toMatchObject([{ state: 'resolved' }]);
    expect(story.errors).toEqual([]);
  });

  it('joins the incident of the service that it names', async () => {
    story = await start();
    await story.advance('1m');
    await alertmanager(story).fires(BURNS);
    await alertmanager(story).fires({ ...LABELS, system: 'shop', service: 'checkout' });
    expect((await incidents()).map(({ alerts }) => Object.keys(alerts).length)).toEqual([2]);
  });

  it('keeps nothing endless and nothing unprintable of it', async () => {
    story = await start();
    const long = 'x'.repeat(5_000);
    await alertmanager(story).fires(
      { alertname: long, service: `a|b\u0000\n${long}`, big: long },
      { annotations: { summary: `<b>\u202e${long}`, description: long, runbook_url: `javascript:${long}` } },
    );
    const [incident] = await incidents();
    expect(JSON.stringify(incident).length).toBeLessThan(4_000);
    expect(incident?.service).toMatch(/^a b x+$/);
    expect(await story.page(`/incidents/${incident?.id}`)).not.toMatch(/href="javascript|<b>x/);
    expect(JSON.stringify(story.app.nines.alerts()).length).toBeLessThan(4_000);
  });

  it('info opens nothing', async () => {
    story = await start();
    await alertmanager(story).fires({ ...LABELS, severity: 'info' });
    expect(await incidents()).toEqual([]);
    expect(story.app.nines.alerts()).toHaveLength(1);
  });
});

describe('the door for Alertmanager', () => {
  let story: Story;
  afterEach(() => story.stop());
  const incidents = () => story.app.nines.incidents({ limit: 1_000 });

  it('answers 503 while the store cannot be written, has done nothing by then, and all of it when it is told again', async () => {
    let full = false;
    const around: Given['around'] = (store) => ({
      ...store,
      commit: async (statements) => {
        if (full) throw new NinesError('data_full', 'The disk is full.');
        await store.commit(statements);
      },
    });
    story = await start({ around });
    await story.advance('1m');
    const prometheus = alertmanager(story);
    full = true;
    const refused = await prometheus.fires();
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('connection')]).toEqual([
      503,
      '10',
      'close',
    ]);
    expect([await incidents(), story.app.nines.alerts()]).toEqual([[], []]);
    full = false;
    expect(await prometheus.fires()).toMatchObject({ status: 200, json: { changed: 1 } });
    full = true;
    expect((await prometheus.resolves()).status).toBe(503);
    full = false;
    expect((await incidents())[0]?.incident.state).not.toBe('clearing');
    expect(await prometheus.resolves()).toMatchObject({ status: 200, json: { changed: 1 } });
  });

  it('refuses what can never be accepted, and only that', async () => {
    story = await start();
    const good = body(story.clock.now(), [{ labels: BURNS }]);
    for (const text of [
      '',
      'no json',
      '[]',
      '{}',
      JSON.stringify({ ...good, version: '3' }),
      JSON.stringify({ ...good, alerts: [1] }),
      JSON.stringify({ ...good, alerts: [{ status: 'firing' }] }),
      JSON.stringify(good).slice(0, -30),
      JSON.stringify(good).replace('"labels":{', '"labels":{{'),
    ])
      expect([text.slice(0, 40), (await post(story, text)).status]).toEqual([text.slice(0, 40), 400]);
    expect(await incidents()).toEqual([]);
    const some = {
      ...good,
      alerts: [{ status: 'firing' }, ...good.alerts],
      notification_reason: 'new',
      truncatedAlerts: 7,
    };
    expect(await post(story, JSON.stringify(some, null, 2))).toMatchObject({
      status: 200,
      json: { changed: 1, refused: 1 },
    });
    const metrics = await story.metrics();
    expect(metrics).toContain('nines_alerts_received_total{door="alertmanager",outcome="changed"} 1\n');
    expect(metrics).toContain('nines_alerts_received_total{door="alertmanager",outcome="truncated"} 7\n');
  });

  it('concludes nothing from alerts that were left out', async () => {
    story = await start();
    await story.advance('1m');
    const one = { alertname: 'A', severity: 'critical' };
    await alertmanager(story).says([{ labels: one }, { labels: BURNS }]);
    await post(story, JSON.stringify({ ...body(story.clock.now(), [{ labels: one }]), truncatedAlerts: 1 }));
    await story.advance('1m');
    expect(story.app.nines.alerts().map(({ status }) => status)).toEqual(['firing', 'firing']);
  });

  it('takes 10,000 alerts in one message, each once', async () => {
    const services = Array.from({ length: 100 }, (_, index) => `s${index}`);
    story = await start({ files: { 'shop.yaml': SYSTEM, 'policies.yaml': POLICIES } });
    await story.advance('1m');
    const alerts = Array.from({ length: 10_000 }, (_, index) => ({
      labels: {
        alertname: 'NodeDown',
        system: 'fleet',
        service: services[index % 100]!,
        instance: `i${index}`,
        severity: 'critical',
      },
      annotations: { summary: `Instance i${index} is down`, description: 'x'.repeat(150) },
    }));
    const message = JSON.stringify(body(story.clock.now(), alerts));
    expect(message.length).toBeGreaterThan(4_000_000);
    expect(await post(story, message)).toMatchObject({ status: 200, json: { changed: 10_000 } });
    expect(await post(story, message)).toMatchObject({ status: 200, json: { changed: 0, repeated: 10_000 } });
    expect((await incidents()).map(({ incident }) => Object.keys(incident.alerts).length)).toEqual(
      services.map(() => 100),
    );
    expect(story.errors).toEqual([]);
  });
});
