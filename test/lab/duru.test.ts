import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { advanceTraffic, startTraffic } from '../../src/lab/duru/traffic.ts';
import { START, startLab } from './given.ts';
import type { StartedLab } from './given.ts';

const FUNCTIONS = '/notifications/functions/v1';
let lab: StartedLab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

const metrics = async () => {
  const answer = await lab.request(`${FUNCTIONS}/notification-metrics`, {
    headers: { authorization: 'Bearer lab-metrics-token' },
  });
  const lines = answer.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
};
const total = (read: Map<string, number>, result: string) =>
  ['android', 'ios', 'web'].reduce(
    (sum, platform) => sum + read.get(`duru_notifications_total{platform="${platform}",result="${result}"}`)!,
    0,
  );

describe('the API answers as a real one would', () => {
  it('its health says how it is and when it was asked', async () => {
    const { status, body } = await lab.request('/duru/health');
    expect([status, body.status, body.timestamp]).toEqual([200, 'healthy', new Date(START).toISOString()]);
    expect((await lab.request('/duru/health', { method: 'HEAD' })).status).toBe(200);
    expect((await lab.request('/duru/nothing')).status).toBe(404);
  });
});

describe('the notification service keeps its contract', () => {
  it('health may be asked without a token, metrics may not, a wrong token never', async () => {
    const wrong = { headers: { authorization: 'Bearer guess' } };
    expect((await lab.request(`${FUNCTIONS}/health`)).body).toMatchObject({ status: 'healthy', version: '2.0.0' });
    expect((await lab.request(`${FUNCTIONS}/health`, wrong)).status).toBe(401);
    expect((await lab.request(`${FUNCTIONS}/notification-metrics`)).status).toBe(401);
    expect((await lab.request(`${FUNCTIONS}/notification-metrics`, wrong)).status).toBe(401);
  });

  it('every family of the contract is there, the breaker one-hot, buckets rising to the count', async () => {
    const read = await metrics();
    const state = (name: string) => read.get(`duru_circuit_breaker_state{breaker="fcm",state="${name}"}`);
    expect(['closed', 'open', 'half_open'].map(state)).toEqual([1, 0, 0]);
    const name = 'duru_notification_send_duration_seconds';
    const bounds = ['0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];
    const counts = bounds.map((le) => read.get(`${name}_bucket{platform="ios",le="${le}"}`)!);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(read.get(`${name}_count{platform="ios"}`));
    for (const family of ['duru_notification_queue_depth', 'duru_notification_queue_oldest_age_seconds'])
      expect(read.has(family)).toBe(true);
  });

  it('a day brings about 10,000 notifications, more than 99.5 % of them accepted', async () => {
    const before = await metrics();
    lab.clock.advance(DAY);
    const after = await metrics();
    const grown = (result: string) => total(after, result) - total(before, result);
    const bad = ['failed', 'throttled', 'expired', 'circuit_open'].reduce((sum, result) => sum + grown(result), 0);
    expect(grown('accepted')).toBeGreaterThan(9_800);
    expect(grown('accepted') / (grown('accepted') + bad)).toBeGreaterThan(0.995);
  });

  it('while it is down nothing is accepted, from the moment of the switch, not of the next look', async () => {
    lab.clock.advance(HOUR);
    await lab.fault('notifications-down');
    const before = await metrics();
    lab.clock.advance(HOUR);
    await lab.fault('notifications-down', false);
    const after = await metrics();
    expect(total(after, 'accepted')).toBe(total(before, 'accepted'));
    expect(total(after, 'circuit_open')).toBeGreaterThan(total(before, 'circuit_open'));
    expect(after.get('duru_circuit_breaker_opened_total{breaker="fcm"}')).toBe(1);
  });
});

describe('counters only grow', () => {
  it('however time passes and the service fails', () => {
    const step = fc.record({ ms: fc.integer({ min: -MINUTE, max: 2 * DAY }), down: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let traffic = startTraffic(START);
        let now = START;
        for (const { ms, down } of steps) {
          now += ms;
          const next = advanceTraffic(traffic, now, down);
          for (const [key, count] of traffic.sends) expect(next.sends.get(key)).toBeGreaterThanOrEqual(count);
          traffic = next;
        }
      }),
    );
  });

  it('looking often or seldom counts the same', () => {
    let often = startTraffic(START);
    for (let at = START; at <= START + DAY; at += 7 * MINUTE) often = advanceTraffic(often, at, false);
    often = advanceTraffic(often, START + DAY, false);
    const once = advanceTraffic(startTraffic(START), START + DAY, false);
    for (const [key, count] of once.sends) expect(often.sends.get(key)).toBeCloseTo(count, 6);
  });
});
