import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { POLICIES, linesOf } from './documents.ts';

const HEAD = 'apiVersion: nines/v1\nkind: System\nid: shop\nname: Shop';

const PROBES: Record<string, string> = { home: '', login: '' };

/** A system of these lines and of one service whose http probes have these fields; `services:` stands after them. */
const said = (system: string, probes: Record<string, string> = PROBES, more = ''): string[] => {
  const entries = Object.entries(probes).map(
    ([id, fields]) => `      - { id: ${id}, kind: http, url: "https://a.example/"${fields && `, ${fields}`} }`,
  );
  const service = ['services:', '  - id: web', '    name: Web', '    policy: standard', '    probes:', ...entries];
  const text = [HEAD, ...(system ? [system] : []), ...service, ...(more ? [more] : []), ''].join('\n');
  return linesOf({ 'slo/shop.yaml': text, 'slo/policies.yaml': POLICIES }, new Proxy({}, { get: () => 'set' }));
};

/** For probes alone: lines from 10 on. */
const ofProbe = (fields: string): string[] => said('', { home: fields });
const at = (...lines: string[]): string[] => lines.map((line) => `slo/shop.yaml:${line}`);

describe('Retries', () => {
  test('fit when their waits leave time to try', () => {
    expect(ofProbe('timeout: 2s, retries: { count: 3 }')).toEqual([]);
    expect(ofProbe('timeout: 1s, retries: { count: 0, wait: 5s }')).toEqual([]);
  });

  test('that do not fit the timeout are told with the sum', () => {
    expect(ofProbe('timeout: 1s, retries: { count: 3 }')).toEqual(
      at('10:82 retries do not fit the timeout of 1s: 3 × 500ms = 1s of waiting'),
    );
  });
});

describe('A burst', () => {
  test('checks more often, and no check overlaps', () => {
    expect(ofProbe('every: 30s, timeout: 2s, burst: { every: 2s }')).toEqual([]);
    expect(ofProbe('every: 30s, timeout: 5s, burst: { every: 2s }')).toEqual(
      at('10:101 burst.every must not be shorter than the timeout (5s), or checks would overlap, got 2s'),
    );
    expect(ofProbe('every: 30s, timeout: 5s, burst: { every: 1m }')).toEqual(
      at('10:101 burst.every must not be longer than every (30s): it is to check more often, got 1m'),
    );
    expect(ofProbe('every: 30s, timeout: 1s, burst: { every: 10s, for: 5s }')).toEqual(
      at('10:111 burst.for must be at least burst.every (10s), got 5s'),
    );
  });
});

describe('A quorum', () => {
  test('is at most all locations', () => {
    expect(ofProbe('locations: [here, there], quorum: 2')).toEqual([]);
    expect(ofProbe('locations: [here, there], quorum: 3')).toEqual(
      at('10:94 quorum must be at most 2, the number of locations, got 3'),
    );
    expect(ofProbe('quorum: 2')).toEqual(at('10:68 quorum must be at most 1, the number of locations, got 2'));
    expect(ofProbe('locations: [here, here]')).toEqual(at('10:71 locations must not name a place twice'));
  });
});

const OTHER = '  - { id: api, name: API, policy: standard, probes: [{ id: db, kind: heartbeat, every: 1m }] }';

describe('What a probe depends on', () => {
  test('is a probe of its service, or of another by service/probe', () => {
    expect(said('', { home: 'dependsOn: [login, api/db]', login: 'dependsOn: [api/db]' }, OTHER)).toEqual([]);
  });

  test('must exist', () => {
    expect(said('', { home: 'dependsOn: [logn]', login: '' })).toEqual(
      at('10:72 probe logn does not exist; did you mean login?'),
    );
    expect(said('', { home: 'dependsOn: [api/bd]' }, OTHER)).toEqual(
      at('10:72 probe api/bd does not exist; did you mean api/db?'),
    );
    expect(said('', { home: 'dependsOn: [login, login]', login: '' })).toEqual(at('10:79 probe login is named twice'));
  });

  test('is never in the end itself: the circle is shown', () => {
    expect(said('', { home: 'dependsOn: [home]' })).toEqual(
      at('10:72 dependsOn leads in a circle: web/home → web/home'),
    );
    const circle = { a: 'dependsOn: [b]', b: 'dependsOn: [c]', c: 'dependsOn: [web/b]', d: 'dependsOn: [a]' };
    expect(said('', circle)).toEqual(at('12:69 dependsOn leads in a circle: web/b → web/c → web/b'));
  });

  test('in any shape is told as a circle exactly when there is one', () => {
    const shape = fc.array(fc.uniqueArray(fc.nat(7), { maxLength: 3 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(shape, (drawn) => {
        const graph = drawn.map((needs) => needs.filter((to) => to < drawn.length));
        const reaches = (from: number, goal: number, seen = new Set<number>()): boolean =>
          (graph[from] ?? []).some((to) => {
            if (to === goal) return true;
            if (seen.has(to)) return false;
            return reaches(to, goal, seen.add(to));
          });
        const probes = graph.map((needs, from) => [`p${from}`, `dependsOn: [${needs.map((to) => `p${to}`).join()}]`]);
        const lines = said('', Object.fromEntries(probes) as Record<string, string>);
        expect(lines.length > 0).toBe(graph.some((_, node) => reaches(node, node)));
        for (const line of lines) {
          const way = line
            .replace(/^.*circle: /, '')
            .split(' → ')
            .map((name) => Number(name.slice('web/p'.length)));
          expect(way[0]).toBe(way.at(-1));
          for (let i = 1; i < way.length; i++) expect(graph[way[i - 1] ?? -1]).toContain(way[i]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('Connectivity', () => {
  test('names probes that exist, no more than it has', () => {
    expect(said('connectivity: { probes: [web/home, web/login], atLeast: 2 }')).toEqual([]);
    expect(said('connectivity: { probes: [home] }')).toEqual(
      at('5:26 connectivity names probes as service/probe, got home'),
    );
    expect(said('connectivity: { probes: [web/hom] }')).toEqual(
      at('5:26 probe web/hom does not exist; did you mean web/home?'),
    );
    expect(said('connectivity: { probes: [web/home, web/home] }')).toEqual(at('5:36 probe web/home is named twice'));
    expect(said('connectivity: { probes: [web/home], atLeast: 2 }')).toEqual(
      at('5:46 connectivity.atLeast must be at most 1, the number of its probes, got 2'),
    );
  });
});

describe('A request budget', () => {
  const budget = (requests: number) => `requestBudgets: [{ id: api, requests: ${requests}, per: 15m }]`;
  const both = { home: 'every: 10s, requestBudget: api', login: 'every: 10s, requestBudget: api' };

  test('must exist', () => {
    expect(said(budget(100), { home: 'requestBudget: apis' })).toEqual(
      at('11:75 requestBudget apis does not exist; did you mean api?'),
    );
    expect(said('', { home: 'requestBudget: api' })).toEqual(
      at('10:75 requestBudget api does not exist; no requestBudget is defined'),
    );
  });

  test('is enough for the worst span of all its probes, or the sum is shown', () => {
    expect(said(budget(180), both)).toEqual([]);
    expect(said(budget(179), both)).toEqual(
      at('5:39 requestBudget api allows 179 requests per 15m, its probes need 180: home 90 + login 90'),
    );
  });

  test('is not taken from by checks of every address, of which nobody knows how many there will be', () => {
    expect(said(budget(1_000), { home: 'requestBudget: api, addresses: all' })).toEqual(
      at(
        '11:75 requestBudget counts one request for each try, and addresses: all makes one for each address; leave one out',
      ),
    );
  });

  test.for([
    ['every: 10s', 90],
    ['every: 7s, timeout: 1s', 129],
    ['every: 1h', 1],
    ['every: 10s, retries: { count: 2 }', 270],
    ['every: 10s, locations: [here, there, beyond]', 270],
    ['every: 1m, timeout: 1s, burst: { every: 5s, for: 5m }', 60 + 10],
    ['every: 1m, timeout: 1s, burst: { every: 5s, for: 1h }', 180],
    ['every: 1m, timeout: 2s, burst: { every: 5s, for: 5m }, retries: { count: 1 }, locations: [here, there]', 280],
  ] as const)('counts %s as %i requests in 15 minutes', ([fields, requests]) => {
    const probes = { home: `${fields}, requestBudget: api` };
    expect(said(budget(requests), probes)).toEqual([]);
    expect(said(budget(requests - 1 || 1), probes)).toEqual(
      requests === 1
        ? []
        : at(
            `5:39 requestBudget api allows ${requests - 1} requests per 15m, its probes need ${requests}: home ${requests}`,
          ),
    );
  });
});

describe('Maintenance', () => {
  const window = (fields: string): string[] => said(`maintenance: [{ id: night, because: Upgrade, ${fields} }]`);

  test('stands at a time that exists, for a while that ends', () => {
    expect(window('from: "2028-02-29T02:00", for: 2h')).toEqual([]);
    expect(window('at: "02:00", for: 23h')).toEqual([]);
    expect(window('at: "02:00", weekdays: [monday], for: 6d')).toEqual([]);
    expect(window('at: "02:00", weekdays: [saturday, sunday], for: 5h, services: [web]')).toEqual([]);
  });

  test.for([
    ['from: "2027-02-29T02:00", for: 2h', '5:52 from must be a time that exists, got 2027-02-29T02:00'],
    ['from: "2027-02-28T24:30", for: 2h', '5:52 from must be a time that exists, got 2027-02-28T24:30'],
    ['from: "2027-02-28T02:00", for: 1s', '5:77 for must be at least 1m, got 1s'],
    [
      'at: "02:00", for: 24h',
      '5:64 for must be shorter than the 1d until it begins again, or it would never end, got 24h',
    ],
    [
      'at: "02:00", weekdays: [saturday, thursday], for: 3d',
      '5:96 for must be shorter than the 2d until it begins again, or it would never end, got 3d',
    ],
    [
      'at: "02:00", weekdays: [monday], for: 1w',
      '5:84 for must be shorter than the 7d until it begins again, or it would never end, got 1w',
    ],
    ['at: "02:00", for: 1h, services: [wb]', '5:79 service wb does not exist; did you mean web?'],
  ] as const)('%s', ([fields, line]) => {
    expect(window(fields)).toEqual(at(line));
  });

  test('has each name once', () => {
    const one = '{ id: night, because: Upgrade, at: "02:00", for: 1h }';
    expect(said(`maintenance: [${one}, ${one}]`)).toEqual(at('5:76 id night is used twice in these maintenance'));
  });
});
