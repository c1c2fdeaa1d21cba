import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccount } from '../../src/lab/pagerduty/account.ts';
import { readEvent } from '../../src/lab/pagerduty/event.ts';
import type { PagerDutyEvent } from '../../src/lab/pagerduty/event.ts';
import { LAB } from '../../src/lab/known.ts';
import { givenClock, startLab } from './given.ts';
import type { StartedLab } from './given.ts';

let lab: StartedLab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

const payload = { summary: 'API down', source: 'duru-notes/api', severity: 'critical' };
const trigger = { routing_key: LAB.routingKeys.L3, event_action: 'trigger', dedup_key: 'k1', payload };
const incidents = async () => (await lab.request('/lab/pagerduty')).body.incidents;
const statuses = async () => (await incidents()).map((incident: { status: string }) => incident.status);

describe('an event that PagerDuty would refuse is refused with its reasons', () => {
  const severity =
    "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')";
  const action = "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')";
  const length = "Length of 'routing_key' is incorrect (should be 32 characters)";
  const cases: [string, unknown, string[]][] = [
    ['no routing key', { ...trigger, routing_key: undefined }, ["'routing_key' is missing or blank"]],
    ['a routing key of 31 characters', { ...trigger, routing_key: 'x'.repeat(31) }, [length]],
    ['an unknown action', { ...trigger, event_action: 'page' }, [action]],
    ['a trigger without a payload', { ...trigger, payload: undefined }, ["'payload' is missing or blank"]],
    [
      'an empty payload',
      { ...trigger, payload: {} },
      ['summary', 'source', 'severity'].map((name) => `'payload.${name}' is missing or blank`),
    ],
    ['a severity of its own', { ...trigger, payload: { ...payload, severity: 'fatal' } }, [severity]],
    [
      'a summary of 1025 characters',
      { ...trigger, payload: { ...payload, summary: 'x'.repeat(1_025) } },
      ["Length of 'payload.summary' is incorrect (should be at most 1024 characters)"],
    ],
    [
      'a timestamp that is none',
      { ...trigger, payload: { ...payload, timestamp: 'yesterday' } },
      ["'payload.timestamp' is invalid (must be an ISO 8601 date)"],
    ],
    [
      'a dedup_key of 256 characters',
      { ...trigger, dedup_key: 'x'.repeat(256) },
      ["Length of 'dedup_key' is incorrect (should be at most 255 characters)"],
    ],
    ['a dedup_key that is no text', { ...trigger, dedup_key: 7 }, ["'dedup_key' must be a string"]],
    ['a link without an address', { ...trigger, links: [{ text: 'x' }] }, ["'links' must hold objects with 'href'"]],
    ['images that are no list', { ...trigger, images: {} }, ["'images' must be an array"]],
    [
      'a resolve without a dedup_key',
      { routing_key: LAB.routingKeys.L3, event_action: 'resolve' },
      ["'dedup_key' is missing or blank"],
    ],
    ['a list', [], ['The event must be a JSON object']],
  ];
  it.each(cases)('%s', async (_, event, errors) => {
    const answer = await lab.enqueue(event);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ status: 'invalid event', message: 'Event object is invalid', errors });
    expect(await incidents()).toEqual([]);
  });

  it('no JSON at all, and an event above 512 KB', async () => {
    const headers = { 'content-type': 'application/json' };
    const broken = await lab.request('/v2/enqueue', { method: 'POST', headers, body: '{' });
    expect([broken.status, broken.body.status]).toEqual([400, 'invalid event']);
    const huge = { ...trigger, payload: { ...payload, custom_details: { long: 'x'.repeat(530_000) } } };
    expect((await lab.enqueue(huge)).status).toBe(413);
  });

  it('but the largest allowed values are taken, and an acknowledge needs no payload', async () => {
    const largest = { ...trigger, dedup_key: 'x'.repeat(255), payload: { ...payload, summary: 'x'.repeat(1_024) } };
    expect((await lab.enqueue(largest)).status).toBe(202);
    const { dedup_key, routing_key } = largest;
    expect((await lab.enqueue({ routing_key, dedup_key, event_action: 'acknowledge' })).status).toBe(202);
    expect(await statuses()).toEqual(['acknowledged']);
  });
});

describe('one alert is one incident', () => {
  it('a second trigger of an open alert is a log entry', async () => {
    const first = await lab.enqueue(trigger);
    expect([first.status, first.body]).toEqual([
      202,
      { status: 'success', message: 'Event processed', dedup_key: 'k1' },
    ]);
    await lab.enqueue({ ...trigger, payload: { ...payload, summary: 'API still down' } });
    const [incident, ...others] = await incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ number: 1, status: 'triggered', urgency: 'high', title: 'API down' });
    expect(incident.log_entries.map((entry: { kind: string }) => entry.kind)).toEqual(['triggered', 'triggered-again']);
  });

  it('the same dedup_key of another integration is another alert', async () => {
    await lab.enqueue(trigger);
    await lab.enqueue({ ...trigger, routing_key: LAB.routingKeys.L4 });
    await lab.enqueue({ ...trigger, event_action: 'resolve' });
    expect(await statuses()).toEqual(['triggered', 'resolved']);
  });

  it('acknowledge and resolve without an open alert are accepted and dropped', async () => {
    for (const event_action of ['acknowledge', 'resolve'])
      expect((await lab.enqueue({ ...trigger, event_action, payload: undefined })).status).toBe(202);
    expect((await lab.request('/lab/pagerduty')).body).toEqual({ incidents: [], dropped: 2 });
  });

  it('a trigger without a dedup_key gets one', async () => {
    const { body } = await lab.enqueue({ ...trigger, dedup_key: undefined });
    await lab.enqueue({ ...trigger, event_action: 'resolve', dedup_key: body.dedup_key });
    expect(await statuses()).toEqual(['resolved']);
  });

  it('routing keys are shown by their label and last characters only', async () => {
    await lab.enqueue(trigger);
    await lab.enqueue({ ...trigger, routing_key: 'f'.repeat(32) });
    const shown = (await incidents()).map((incident: { routing_key: string }) => incident.routing_key);
    expect(shown).toEqual(['unknown integration (…ffff)', 'L3 (…0003)']);
  });

  it('an integration takes 120 events at once and then two a second', async () => {
    for (let i = 0; i < 120; i++) expect((await lab.enqueue(trigger)).status).toBe(202);
    expect(await lab.enqueue(trigger)).toMatchObject({ status: 429, body: { status: 'throttle exceeded' } });
    lab.clock.advance(500);
    expect((await lab.enqueue(trigger)).status).toBe(202);
  });
});

describe('whatever comes in whatever order', () => {
  const event = fc.record({
    action: fc.constantFrom('trigger', 'acknowledge', 'resolve'),
    routingKey: fc.constantFrom(LAB.routingKeys.L3, LAB.routingKeys.L4),
    dedupKey: fc.constantFrom('a', 'b'),
  });

  it('at most one incident per alert is open, and its status is what its last event says', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const account = createAccount(givenClock());
        const model = new Map<string, 'triggered' | 'acknowledged'>();
        for (const { action, routingKey, dedupKey } of events) {
          const wire = { routing_key: routingKey, event_action: action, dedup_key: dedupKey, payload };
          account.take(readEvent(wire) as PagerDutyEvent);
          const key = routingKey + dedupKey;
          if (action === 'trigger') model.set(key, model.get(key) ?? 'triggered');
          else if (action === 'resolve') model.delete(key);
          else if (model.has(key)) model.set(key, 'acknowledged');
        }
        const open = account.incidents.filter((incident) => incident.status !== 'resolved');
        const shown = new Map(open.map((incident) => [incident.routingKey + incident.dedupKey, incident.status]));
        expect(open.length).toBe(model.size);
        expect(shown).toEqual(model);
      }),
    );
  });
});
