import { gzipSync } from 'node:zlib';
import { readAssets } from '../../src/http/assets.ts';
import { describe, expect, test } from 'vitest';
import { DAY, MINUTE } from '../../src/duration.ts';
import type { IncidentView, Nines } from '../../src/engine/nines.ts';
import { alert, NOW, probeStatuses, slo, status, statuses } from '../http/duru.ts';
import { INCIDENT, incident, openView, timeline } from '../http/duru-incident.ts';
import { browse, start } from '../http/start.ts';

export const PAGES = [
  '/',
  '/slos',
  '/slos/duru-notes/api/availability',
  '/slos/duru-notes/notifications/delivery',
  '/slos/duru-notes/web/first-byte',
  '/slos/duru-notes/api/error-rate',
  '/slos/duru-notes/sync/nightly',
  '/probes',
  '/probes/duru-notes/api/health',
  '/probes/duru-notes/web/home',
  '/probes/duru-notes/sync/nightly',
  '/incidents',
  `/incidents/${INCIDENT}`,
  '/incidents/01JD2A0000000000000000RSLV',
  '/login',
  '/nowhere',
];

const see = async (path: string, change: Partial<Nines> = {}) => {
  const { page } = await browse(await start({}, change), path);
  return page.body.replace(/\s+/g, ' ');
};
const textOf = (body: string): string =>
  body
    .replace(/<svg[^]*?<\/svg\s*>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');

const withIncident = (view: Partial<IncidentView['incident']>, next: IncidentView['next'] = null): Partial<Nines> => {
  const one = { ...openView(), incident: incident(view), next };
  return { incidents: async () => [one], incident: async () => ({ ...one, timeline: timeline(), deliveries: [] }) };
};

describe('a probe that is not well, and not down', () => {
  const told = 'response time was 401ms, expected below 100ms';
  const [first] = probeStatuses();

  test.each(['degraded', 'maintenance'] as const)(
    'says why it is in %s, in the list and at its head',
    async (state) => {
      const one = { ...first!, state, since: NOW, last: { ...first!.last!, outcome: 'pass' as const, detail: told } };
      const inMaintenance = { ...one, last: { ...one.last, outcome: 'unknown' as const } };
      const shown = state === 'degraded' ? one : inMaintenance;
      const change: Partial<Nines> = {
        probe: () => shown,
        probes: async () => ({ probes: [shown], counts: new Map([[state, 1]]), next: null }),
        results: async () => [],
      };
      expect(await see('/probes', change)).toContain(told);
      expect(await see(`/probes/${shown.probe.id}`, change)).toContain(`<p class="lead"><bdi>${told}</bdi></p>`);
    },
  );
});

describe('every page', () => {
  test.each(PAGES)('%s has nothing inline and is whole', async (path) => {
    const body = await see(path);
    expect(body).toMatch(/^<!doctype html>/);
    expect(body).not.toMatch(/<style|<script(?![^>]* src="\/assets\/)|\sstyle="|\son\w+="|href="javascript/i);
    expect(body).not.toMatch(/undefined|\[object|NaN|Infinity/);
    expect(body.match(/<h1/g)).toHaveLength(1);
    expect(body).toContain('<a class="skip" href="#main">');
    const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test.each(PAGES)('a GET of %s changes nothing', async (path) => {
    const s = await start();
    await browse(s, path);
    await s.app.inject({ method: 'HEAD', url: path });
    expect(s.calls).toEqual([]);
  });

  test.each(['acknowledge', 'resolve', 'snooze', 'escalate', 'note'])('a link to …/%s does nothing', async (verb) => {
    const s = await start();
    const { cookie } = await browse(s);
    const { statusCode } = await s.app.inject({ url: `/incidents/${INCIDENT}/${verb}`, headers: { cookie } });
    expect([statusCode, s.calls]).toEqual([404, []]);
  });

  test('weighs at most 15 kB of style and 10 kB of script', () => {
    const { css, js } = readAssets();
    expect(gzipSync(css.body).length).toBeLessThan(15_000);
    expect(gzipSync(js.body).length).toBeLessThan(10_000);
  });
});

describe('hostile names', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'\u202Ereversed`;
  const poisoned = incident({
    title: evil,
    service: evil,
    acknowledged: { by: { name: evil, door: 'slack' }, at: NOW },
    alerts: { a: { ...alert, status: 'firing', title: evil, detail: evil, runbook: 'javascript:alert(3)' } },
  });
  const one = { incident: poisoned, revision: 1, next: { at: NOW + MINUTE, text: evil } };
  const sick = status(slo('api/x', evil, { description: evil, runbook: 'javascript:alert(4)' }), {
    state: 'missed',
    remaining: -1,
    attained: 0.5,
    bad: 1,
    total: 2,
    burns: [1, 1, 1, 1, 1, 1, 1],
    text: evil,
    because: evil,
  });
  const [probe] = probeStatuses();
  const change: Partial<Nines> = {
    incidents: async () => [one],
    incident: async () => ({
      ...one,
      timeline: [{ ...timeline()[0]!, text: evil, by: { name: evil, door: 'api' } }],
      deliveries: [],
    }),
    slos: () => [sick],
    slo: () => sick,
    probes: async () => ({
      probes: [{ ...probe!, probe: { ...probe!.probe, description: evil, notConfigured: evil } }],
      counts: new Map([['down' as const, 1]]),
      next: null,
    }),
    probe: () => ({ ...probe!, probe: { ...probe!.probe, description: evil, notConfigured: evil } }),
    results: async () => [{ ...probe!.last!, detail: evil, reason: evil, phases: '{"tls":"<b>"' }],
    happenings: async () => [
      { kind: evil, id: '1', system: 'duru-notes', service: null, at: NOW - DAY, text: evil, url: null },
    ],
    catalogProblems: () => ({ since: NOW, problems: [{ file: evil, line: 1, column: 1, message: evil }] }),
  };
  test.each(PAGES)('are only text on %s', async (path) => {
    const body = await see(path, change);
    expect(body).not.toMatch(/<script>|<img|href="javascript/i);
  });

  test('in the address are only text', async () => {
    const body = await see(`/slos?q=${encodeURIComponent(evil)}&state=${encodeURIComponent(evil)}`);
    expect(body).not.toMatch(/<script>|<img/i);
  });
});

describe('the Now page', () => {
  test('says what is wrong, how bad, who has it, what happens next, and offers the button', async () => {
    const body = await see('/');
    const text = textOf(body);
    expect(text).toContain('1 incident needs somebody');
    expect(text).toMatch(
      /Critical L3 manager.*Nobody has it.*API availability burns its budget 201 times too fast.*in 18 min.*L4: pages pagerduty-executive.*Acknowledge/,
    );
    expect(body).toMatch(new RegExp(`<form method="post" action="/incidents/${INCIDENT}/acknowledge"`));
  });

  test('says who has it, and offers no second acknowledgement', async () => {
    const body = await see(
      '/',
      withIncident({
        state: 'acknowledged',
        acknowledged: { by: { name: 'Ann', door: 'slack' }, at: NOW - 2 * MINUTE },
      }),
    );
    expect(textOf(body)).toMatch(/1 open incident, taken care of.*Ann has it since 2 min/);
    expect(body).not.toContain('/acknowledge"');
  });

  test('is calm only when everything is known to be fine', async () => {
    const fine = statuses().filter(({ state }) => state === 'ok');
    const up = async () => ({ probes: [], counts: new Map([['up' as const, 2]]), next: null });
    const calm = { incidents: async () => [], slos: () => fine, probes: up };
    expect(textOf(await see('/', calm))).toContain('All is well');
    expect(textOf(await see('/', { ...calm, slos: statuses }))).toContain('No incident, 2 SLOs at risk or missed');
    expect(
      textOf(
        await see('/', {
          ...calm,
          slos: () => statuses().filter(({ state }) => state === 'ok' || state === 'no-data'),
        }),
      ),
    ).toContain('No incident, 1 SLO without enough data');
    expect(textOf(await see('/', { ...calm, slos: () => [] }))).toContain('Nothing is known yet');
    const old = fine.map((one) => Object.assign(one, { lastDataAt: NOW - 10 * MINUTE }));
    expect(textOf(await see('/', { ...calm, slos: () => old }))).toMatch(/Nothing is known: the data is old.*Stale/);
  });

  test('says in one line how to leave the demo, and only in the demo', async () => {
    const text = textOf(await see('/', { demo: { note: 'Waits are seconds.', labUrl: 'http://127.0.0.1:1' } }));
    expect(text).toContain(
      'Demo. Waits are seconds. Break something in the lab . On your own file: npx nines serve --config ./slo',
    );
    expect(await see('/')).not.toContain('"/lab"');
  });

  test('a faulty file is said on every page, with its place', async () => {
    const problems = {
      since: NOW - 3 * MINUTE,
      problems: [
        { file: 'slo/duru-notes.yaml', line: 18, column: 14, message: 'objective must be less than 100, got 999' },
      ],
    };
    for (const path of ['/', '/slos', '/probes', `/incidents/${INCIDENT}`]) {
      const text = textOf(await see(path, { catalogProblems: () => problems }));
      expect(text).toContain('The definitions on disk have 1 mistake');
      expect(text).toContain('slo/duru-notes.yaml:18:14 objective must be less than 100, got 999');
    }
  });
});

describe('states of their own', () => {
  test.each([
    ['no data', '/slos/duru-notes/web/first-byte', /No data.*Attained no data.*nothing to draw/],
    [
      'not configured',
      '/slos/duru-notes/api/error-rate',
      /Not configured.*The provider kong is not served yet.*Nothing can be measured/,
    ],
    ['partial', '/slos/duru-notes/sync/nightly', /Partial: 3 of 30 d/],
    ['missed', '/slos/duru-notes/notifications/delivery', /Missed.*-42 %/],
    ['a stale probe', '/probes/duru-notes/sync/nightly', /Stale/],
    [
      'a probe that is not configured',
      '/probes/duru-notes/web/home',
      /Not configured.*DURU_WEB_URL is not set.*No check has ended yet/,
    ],
  ])('%s', async (_name, path, expected) => {
    expect(textOf(await see(path))).toMatch(expected);
  });

  test('no data is neither an empty nor a full bar', async () => {
    const body = await see('/slos/duru-notes/web/first-byte');
    expect(body).not.toContain('class="fill"');
  });
});

describe('the list of SLOs', () => {
  const order = async (query: string) =>
    [...(await see(`/slos${query}`)).matchAll(/<th scope="row">\s*<a href="\/slos\/duru-notes\/([^"]+)"/g)].map(
      ([, id]) => id,
    );

  test('is worst first, and sorts and filters by its address', async () => {
    expect(await order('')).toEqual([
      'notifications/delivery',
      'api/availability',
      'web/first-byte',
      'sync/nightly',
      'api/response-time',
      'api/error-rate',
    ]);
    expect(await order('?sort=budget')).toEqual([
      'api/error-rate',
      'web/first-byte',
      'notifications/delivery',
      'api/availability',
      'api/response-time',
      'sync/nightly',
    ]);
    expect((await order('?sort=burn')).at(2)).toBe('api/availability');
    expect(await order('?state=missed')).toEqual(['notifications/delivery']);
    expect(await order('?q=RESPONSE')).toEqual(['api/response-time']);
    expect(await order('?sort=nonsense&state=&q=')).toHaveLength(6);
  });
});
