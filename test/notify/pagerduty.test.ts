import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPagerDutyClient } from '../../src/client/pagerduty.ts';
import type { Notification } from '../../src/incident/notification.ts';
import { createPagerDutyChannel } from '../../src/notify/pagerduty/index.ts';
import { Secret } from '../../src/secret.ts';
import { startPagerDuty, type PagerDutyStand } from '../contract/channel/pagerduty-stand.ts';
import { startServer } from '../contract/channel/stand.ts';
import { HOSTILE, notification } from './notifications.ts';

const context = { root: null, possibleRepeat: false, signal: new AbortController().signal };

describe('an incident at PagerDuty', () => {
  let pagerduty: PagerDutyStand;
  const channelWith = (routingKey: string) =>
    createPagerDutyChannel({
      id: 'manager',
      client: createPagerDutyClient({ eventsHost: pagerduty.url, sdkPauseMs: 1 }),
      routingKey: new Secret(routingKey),
    });
  const send = (sent: Notification) => channelWith(pagerduty.secret).send(sent, context);

  beforeEach(async () => {
    pagerduty = await startPagerDuty();
  });
  afterEach(() => pagerduty.stop());

  it('opens, is acknowledged and resolved under one dedup key, which is the ref', async () => {
    const page = notification('page');
    expect(await send(page)).toEqual({ outcome: 'sent', ref: page.dedupKey });
    expect(pagerduty.open()).toEqual([page.dedupKey]);
    await send(notification('acknowledge'));
    await send(notification('resolve'));
    expect(pagerduty.events().map((event) => event.event_action)).toEqual(['trigger', 'acknowledge', 'resolve']);
    expect(pagerduty.open()).toEqual([]);
  });

  it('is one alert however often the page is sent', async () => {
    await send(notification('page'));
    await send(notification('page'));
    expect(pagerduty.open()).toHaveLength(1);
  });

  it('gets hostile texts through, cut to what PagerDuty takes', async () => {
    expect(await send(notification('page', HOSTILE))).toMatchObject({ outcome: 'sent' });
  });

  it('gives up on a routing key that PagerDuty does not know, without repeating the key', async () => {
    const delivery = await channelWith('wrong-key-of-somebody').send(notification('page'), context);
    expect(delivery).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('routing key') });
    expect(JSON.stringify(delivery)).not.toContain('wrong-key-of-somebody');
    expect(await channelWith('wrong-key-of-somebody').check(context.signal)).toMatchObject({ ok: false });
  });

  it.each(['root', 'update', 'note'] as const)('has no place for a %s', async (kind) => {
    expect(await send(notification(kind))).toMatchObject({ outcome: 'rejected' });
    expect(pagerduty.events()).toEqual([]);
  });

  it.each([200, 201, 204, 302, 404])('believes no status but 202 (%i)', async (status) => {
    const other = await startServer(() => ({ status, body: { status: 'success' } }));
    const client = createPagerDutyClient({ eventsHost: `127.0.0.1:${other.port}` });
    const event = { event_action: 'resolve', dedup_key: 'a' } as const;
    expect(await client.send(new Secret('key'), event, context.signal)).toMatchObject({ outcome: 'unavailable' });
    await other.stop();
  });

  it('speaks TLS to every host that does not name this machine', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    // 0.0.0.0 reaches this machine without naming it.
    const eventsHost = `0.0.0.0:${(server.address() as AddressInfo).port}`;
    const firstByte = once(server, 'connection').then(async ([socket]: Socket[]) => {
      const [data] = (await once(socket!, 'data')) as [Buffer];
      socket!.destroy();
      return data[0];
    });
    const event = { event_action: 'acknowledge', dedup_key: 'a' } as const;
    const client = createPagerDutyClient({ eventsHost });
    expect(await client.send(new Secret('key'), event, context.signal)).toMatchObject({ outcome: 'unavailable' });
    const TLS_HANDSHAKE = 22;
    expect(await firstByte).toBe(TLS_HANDSHAKE);
    server.close();
  });
});
