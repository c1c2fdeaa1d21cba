import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLab } from '../../src/lab/lab.ts';
import { silentLog } from '../../src/log.ts';
import { LAB } from '../../src/lab/known.ts';
import { START, startLab } from './given.ts';
import type { StartedLab } from './given.ts';

const channel = 'C0DURUONCALL';
let lab: StartedLab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

const statuses = async (path: string, times: number) => {
  const seen: number[] = [];
  for (let i = 0; i < times; i++) seen.push((await lab.request(path)).status);
  return seen;
};
const messages = async () => (await lab.request('/lab/slack')).body.channels[0].messages.length;
const trigger = {
  routing_key: LAB.routingKeys.L3,
  event_action: 'trigger',
  dedup_key: 'k',
  payload: { summary: 's', source: 'x', severity: 'critical' },
};

describe('a fault does what its switch says', () => {
  it('duru-api-down: every request is answered with 503', async () => {
    expect(await statuses('/duru/health', 1)).toEqual([200]);
    await lab.fault('duru-api-down');
    expect(await lab.request('/duru/health')).toMatchObject({ status: 503, body: { status: 'unhealthy' } });
    expect(await statuses('/duru/api/v1/notes', 2)).toEqual([503, 503]);
  });

  it('duru-api-slow: the right answer comes after 1.5 seconds', async () => {
    await lab.request('/duru/health');
    expect(lab.clock.slept).toEqual([]);
    await lab.fault('duru-api-slow');
    expect((await lab.request('/duru/health')).body.status).toBe('healthy');
    expect(lab.clock.slept).toEqual([1_500]);
  });

  it('duru-api-erring: every third request is answered with 500', async () => {
    await lab.fault('duru-api-erring');
    expect(await statuses('/duru/health', 6)).toEqual([200, 200, 500, 200, 200, 500]);
  });

  it('notifications-down: unhealthy, 503', async () => {
    await lab.fault('notifications-down');
    const health = await lab.request('/notifications/functions/v1/health');
    expect(health).toMatchObject({ status: 503, body: { status: 'unhealthy', checks: { fcm: { breaker: 'open' } } } });
  });

  it('slack-down: 503 without JSON, and nothing is stored', async () => {
    await lab.fault('slack-down');
    const answer = await lab.slack('chat.postMessage', { channel, text: 'x' });
    expect([answer.status, answer.body, await messages()]).toEqual([503, undefined, 0]);
  });

  it('slack-rate-limited: 429 with Retry-After, and nothing is stored', async () => {
    await lab.fault('slack-rate-limited');
    const answer = await lab.slack('chat.postMessage', { channel, text: 'x' });
    expect([answer.status, answer.headers.get('retry-after'), await messages()]).toEqual([429, '2', 0]);
  });

  it('slack-500-after-storing: the message is there although the answer says 500', async () => {
    await lab.fault('slack-500-after-storing');
    expect((await lab.slack('chat.postMessage', { channel, text: 'x' })).status).toBe(500);
    expect(await messages()).toBe(1);
    expect((await lab.slack('conversations.history', { channel })).body.messages).toHaveLength(1);
  });

  it('slack-hangs: no answer comes, nothing is stored, and the lab can still be closed', async () => {
    await lab.fault('slack-hangs');
    const hanging = lab.slack('chat.postMessage', { channel, text: 'x' }).then(
      () => 'answered',
      () => 'cut off',
    );
    expect(await Promise.race([hanging, wait(100, 'silent')])).toBe('silent');
    expect(await messages()).toBe(0);
    await lab.close();
    expect(await hanging).toBe('cut off');
  });

  it.each([
    ['pagerduty-down', 500],
    ['pagerduty-rate-limited', 429],
  ])('%s: %i, and nobody is paged', async (id, status) => {
    await lab.fault(id);
    expect((await lab.enqueue(trigger)).status).toBe(status);
    expect((await lab.request('/lab/pagerduty')).body.incidents).toEqual([]);
    await lab.fault(id, false);
    expect((await lab.enqueue(trigger)).status).toBe(202);
  });
});

describe('the lab takes a port of its own', () => {
  it('and says which one is taken', async () => {
    const { clock, port } = lab;
    const second = createLab({ host: '127.0.0.1', port, clock, log: silentLog });
    const message = `The lab cannot listen on 127.0.0.1:${port}, something else does; choose another port.`;
    await expect(second).rejects.toMatchObject({ code: 'port_in_use', message });
  });
});

describe('faults are switched over HTTP', () => {
  it('all are listed with what they do, and since when they are on', async () => {
    lab.clock.advance(5_000);
    expect((await lab.fault('slack-down')).body).toMatchObject({ id: 'slack-down', on: true, since: START + 5_000 });
    lab.clock.advance(5_000);
    expect((await lab.fault('slack-down')).body.since).toBe(START + 5_000);
    const { faults } = (await lab.request('/lab/faults')).body;
    expect(faults).toHaveLength(10);
    expect(faults.filter((fault: { on: boolean }) => fault.on)).toEqual([
      expect.objectContaining({ id: 'slack-down', title: 'Slack down', does: expect.stringContaining('503') }),
    ]);
  });

  it('an unknown fault is 404 and says which there are', async () => {
    const answer = await lab.fault('mail-down');
    expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
    expect(answer.body.error.message).toMatch(/^There is no fault "mail-down"; there are duru-api-down, .*limited\.$/);
  });

  it.each([[{}], [{ on: 'maybe' }], [[]], [null]])('%j is 400 and says what to send', async (body) => {
    const answer = await lab.post('/lab/faults/slack-down', body);
    expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining('{"on":true}')]);
  });

  it('all are repaired at once', async () => {
    for (const id of ['slack-down', 'duru-api-down']) await lab.fault(id);
    const { faults } = (await lab.post('/lab/faults', { on: false })).body;
    expect(faults.some((fault: { on: boolean }) => fault.on)).toBe(false);
    expect((await lab.post('/lab/faults', { on: true })).status).toBe(400);
  });

  it('a reset forgets faults, messages, incidents and spent rates', async () => {
    for (let i = 0; i < 4; i++) await lab.slack('chat.postMessage', { channel, text: 'x' });
    await lab.enqueue(trigger);
    await lab.fault('duru-api-down');
    expect((await lab.post('/lab/reset', {})).status).toBe(204);
    expect(await statuses('/duru/health', 1)).toEqual([200]);
    expect((await lab.request('/lab/pagerduty')).body).toEqual({ incidents: [], dropped: 0 });
    expect(await messages()).toBe(0);
    expect((await lab.slack('chat.postMessage', { channel, text: 'x' })).status).toBe(200);
  });
});

describe('a page elsewhere cannot break anything', () => {
  const attempts: [string, Record<string, string>, number][] = [
    ['a form on another site', { origin: 'https://evil.example' }, 403],
    ['a form without an origin to name', { origin: 'null' }, 403],
    ['a browser that says cross-site', { 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1' }, 403],
    ['the lab page behind Nines', { origin: 'http://127.0.0.1:9700', 'sec-fetch-site': 'same-origin' }, 200],
    ['the lab page behind a named Nines', { origin: 'http://demo.example', 'x-forwarded-host': 'demo.example' }, 200],
    ['a program', {}, 200],
  ];
  it.each(attempts)('%s', async (_, headers, status) => {
    expect((await lab.post('/lab/faults/slack-down', { on: true }, headers)).status).toBe(status);
  });

  it('a foreign name that was bound to this machine leads nowhere', async () => {
    const statusFor = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { host, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
        const sent = request({ port: lab.port, path: '/lab/faults/slack-down', method: 'POST', headers });
        sent.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject);
        sent.end('{"on":true}');
      });
    expect(await statusFor('evil.example:9701')).toBe(403);
    expect(await statusFor('127.0.0.1.evil.example')).toBe(403);
    expect(await statusFor('localhost:9701')).toBe(200);
    expect(await statusFor('[::1]:9701')).toBe(200);
  });
});
