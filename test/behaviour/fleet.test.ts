import { afterEach, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';
import { POLICIES } from '../harness/definitions.ts';

const FLEET = `apiVersion: nines/v1
kind: System
id: shop
name: Shop
services:
  - id: edge
    name: Edge
    policy: standard
    probes:
      - for: { shard: 001..700 }
        id: site-\${each:shard}
        kind: http
        url: http://127.0.0.1:1/\${each:shard}
        every: 60s
        timeout: 5s
    slos:
      - { id: availability, name: Edge availability, objective: 99.9, window: 30d, indicator: { kind: probe, probes: ['site-*'] } }
`;

let story: Story;
afterEach(() => story.stop());

it('a fleet of one template is probed, counted as one, paged as one, and listed page by page', async () => {
  story = await start({
    files: { 'shop.yaml': FLEET, 'policies.yaml': POLICIES },
    history: ['shop/edge/availability'],
  });
  await story.advance('2m');
  for (let shard = 1; shard <= 90; shard++) story.target(`shop/edge/site-${String(shard).padStart(3, '0')}`, 'fails');
  await story.advance('6m');
  const slo = story.app.nines.slo('shop/edge/availability');
  expect(slo?.budget.bad).toBeGreaterThan(400);
  expect((await story.app.nines.incidents({ state: 'open', limit: 5 })).length).toBe(1);

  const api = async (query: string) =>
    (await (await fetch(`${story.app.url}/api/v1/probes${query}`)).json()) as {
      probes: { id: string }[];
      next: string | null;
      counts: Record<string, number>;
    };
  const first = await api('');
  expect(first.counts).toEqual({ down: 90, up: 610 });
  expect(first.probes).toHaveLength(500);
  const second = await api(`?after=${encodeURIComponent(first.next ?? '')}`);
  expect(second.probes.map(({ id }) => id).at(-1)).toBe('shop/edge/site-700');
  expect(second).toMatchObject({ next: null, probes: { length: 200 } });
  expect((await api('?state=down&limit=1000')).probes).toHaveLength(90);

  const page = await story.page('/probes');
  expect(page).toContain('500 of 700');
  // Worst first.
  expect(page.indexOf('site-090')).toBeLessThan(page.indexOf('site-091'));
  expect(page).not.toContain('site-700');
  expect(await story.page('/')).toContain('700 probes');
});

it('probes that are down and page nobody are not called well', async () => {
  const lonely = FLEET.replace(/ {4}slos:[\s\S]*$/, '').replace('001..700', '1..3');
  story = await start({ files: { 'shop.yaml': lonely, 'policies.yaml': POLICIES }, history: [] });
  story.target('shop/edge/site-2', 'fails');
  await story.advance('4m');
  const page = await story.page('/');
  expect(page).toContain('1 probe is down, nobody is paged');
  expect(page).not.toContain('All is well');
});
