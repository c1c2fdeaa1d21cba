import { afterEach, describe, expect, it } from 'vitest';
import { NinesError } from '../../src/errors.ts';
import { alertmanager, body, BURNS, post } from '../harness/alertmanager.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Given, type Story } from '../harness/nines.ts';

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
