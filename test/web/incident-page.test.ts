import { expect, test } from 'vitest';
import { MINUTE } from '../../src/duration.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { incidentPage } from '../../src/web/pages/incident.ts';
import type { Frame, IncidentView } from '../../src/web/view.ts';
import { NOW, policy } from '../http/duru.ts';
import { deliveries, incident, INCIDENT, OPENED, openView, timeline } from '../http/duru-incident.ts';
import { browse, post, start } from '../http/start.ts';

const frame: Frame = {
  now: NOW,
  path: '/incidents/x',
  version: '0.1.0',
  assets: { css: '/a.css', js: '/a.js' },
  csrf: 'token',
  you: 'Ann',
  signedIn: false,
  openIncidents: 1,
  demo: null,
  problems: null,
  unreachable: [],
  setAside: [],
};

const show = (change: Partial<Incident> = {}, rest: Partial<IncidentView> = {}, framed: Partial<Frame> = {}): string =>
  incidentPage(
    { ...frame, ...framed },
    {
      incident: incident(change),
      next: openView().next,
      timeline: timeline(),
      deliveries: deliveries().map((row) => Object.assign(row, { level: row.message.level })),
      policy,
      refused: null,
      ...rest,
    },
  ).replace(/\s+/g, ' ');

const ladder = (page: string): string[] =>
  [...(/<ol class="stepper"[^]*?<\/ol>/.exec(page)?.[0] ?? '').matchAll(/<li[^]*?<\/li>/g)].map(([item]) =>
    item
      .replace(/<svg[^]*?<\/svg\s*>/g, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );

test('the ladder says when each level was reached, who it is, and when the next one would be', () => {
  expect(ladder(show())).toEqual([
    'L1, passed: Automated recovery 03:00 UTC , 12 min ago watches for 1 min',
    'L2, passed: On-call engineer 03:02 UTC , 10 min ago slack-oncall',
    'L3 L3, now here: Engineering manager 03:10 UTC , 2 min ago pagerduty-manager',
    'L4 L4, not yet: Executive in 18 min pagerduty-executive',
  ]);
});

test('the executive waits for a person where the service is not business critical', () => {
  expect(ladder(show({ serviceTier: 1 }))[3]).toContain('only when a person asks');
  expect(ladder(show({ serviceTier: 1, executive: true }))[3]).toContain('in 18 min');
});

test('nobody climbs while somebody has it', () => {
  const page = show({ state: 'acknowledged', acknowledged: { by: { name: 'Ann', door: 'page' }, at: NOW } });
  expect(ladder(page)[3]).toContain('waits while somebody has it');
  expect(page).toContain('/unacknowledge"');
  expect(page).not.toContain('/acknowledge"');
});

test('levels of an earlier episode are not levels of this one', () => {
  const page = show({ episode: 2, episodeAt: OPENED + 5 * MINUTE, level: 3 });
  expect(ladder(page)[1]).toContain('skipped');
});

test('a level without channels is not set up', () => {
  expect(ladder(show({ severity: 'warning', level: 2 })).map((rung) => rung.includes('not set up'))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

test('a resolved incident offers nothing but its story', () => {
  const page = show(
    { state: 'resolved', resolved: { by: { name: 'Ann', door: 'slack' }, at: NOW - MINUTE } },
    { next: null },
  );
  expect(page).toContain('Resolved by <bdi>Ann</bdi>');
  for (const verb of ['acknowledge', 'resolve', 'snooze', 'escalate']) expect(page).not.toContain(`/${verb}"`);
  expect(page).toContain('/note"');
});

test('whoever may not act is shown the way in instead of buttons', () => {
  const page = show({}, {}, { csrf: null });
  expect(page).not.toContain('method="post"');
  expect(page).toContain('Sign in to act');
});

test('deliveries: trouble first, uncertain said as such', () => {
  const states = [
    ...show().matchAll(/<tr> <th scope="row"> ?<bdi>([^<]+)<\/bdi>[^]*?class="badge \w+"[^]*?<\/svg\s*> ?(\w+)/g),
  ].map(([, channel, state]) => `${channel} ${state}`);
  expect(states).toEqual([
    'mail-manager Failed',
    'pagerduty-manager Uncertain',
    'slack-oncall Sent',
    'slack-oncall Sent',
  ]);
  expect(show()).toContain('May have arrived twice.');
});

test('the second of two phones sees who was first, on the page and without an error', async () => {
  const s = await start();
  const [one, two] = [await browse(s, `/incidents/${INCIDENT}`), await browse(s, `/incidents/${INCIDENT}`)];
  expect(
    (await post(s, `/incidents/${INCIDENT}/acknowledge`, { csrf: one.csrf, episode: '1' }, { cookie: one.cookie }))
      .statusCode,
  ).toBe(303);
  const second = await post(
    s,
    `/incidents/${INCIDENT}/acknowledge`,
    { csrf: two.csrf, episode: '1' },
    { cookie: two.cookie },
  );
  expect(second.statusCode).toBe(409);
  expect(second.body).toContain('local acknowledged this 12 s ago.');
  expect(second.body).toContain('id="timeline"');
  expect(s.calls).toHaveLength(1);
});

test('every form does what it says', async () => {
  const s = await start();
  const { cookie, csrf } = await browse(s, `/incidents/${INCIDENT}`);
  const send = async (verb: string, fields: Record<string, string>) =>
    (await post(s, `/incidents/${INCIDENT}/${verb}`, { csrf, ...fields }, { cookie })).statusCode;
  expect(await send('snooze', { for: '1h' })).toBe(303);
  expect(await send('escalate', {})).toBe(303);
  expect(await send('escalate', { executive: 'true' })).toBe(303);
  expect(await send('note', { text: ' tried a restart ' })).toBe(303);
  expect(await send('resolve', { episode: '1' })).toBe(303);
  expect(await send('note', { text: '  ' })).toBe(400);
  expect(await send('snooze', {})).toBe(400);
  expect(s.calls.map(({ verb, with: sent }) => [verb, sent])).toEqual([
    ['snooze', 3_600_000],
    ['escalate', false],
    ['escalate', true],
    ['note', 'tried a restart'],
    ['resolve', 1],
  ]);
});
