import { afterEach, describe, expect, it } from 'vitest';
import { NinesError } from '../../src/errors.ts';
import { Secret } from '../../src/secret.ts';
import { body, BURNS } from '../harness/alertmanager.ts';
import { bearer, INGEST, PEOPLE, start, type Started } from './start.ts';

const AGENT = 'agent-token-0123456789';
const URL = '/api/v1/webhooks/alertmanager';
const NOW = Date.UTC(2026, 10, 18, 3);

describe('the address of the Alertmanager webhook', () => {
  let started: Started;
  afterEach(() => started.app.close());
  const post = (token: string | null, payload: unknown = body(NOW, [{ labels: BURNS }]), type = 'application/json') =>
    started.app.inject({
      method: 'POST',
      url: URL,
      headers: { 'content-type': type, ...(token === null ? {} : bearer(token)) },
      payload: JSON.stringify(payload),
    });
  const heard = () => started.calls.filter(({ verb }) => verb === 'hear');

  it('is for the ingest token and for people', async () => {
    started = await start({
      loginRequired: true,
      config: { version: '0.1.0', host: '127.0.0.1', port: 0, publicUrl: null, agentToken: new Secret(AGENT) },
    });
    const codes = [];
    for (const token of [INGEST, PEOPLE, null, 'wrong', AGENT]) codes.push((await post(token)).statusCode);
    expect(codes).toEqual([200, 200, 401, 401, 403]);
    expect(heard()).toHaveLength(2);
  });

  it('hands on what was said, and who said it: no user, no password', async () => {
    started = await start();
    const alerts = [
      { labels: BURNS, startsAt: NOW - 1_000, annotations: { summary: 's' } },
      { labels: BURNS, status: 'resolved' as const },
    ];
    await post(INGEST, body(NOW, alerts, 'https://user:secret@am.example.org/alerts/?x=1'), 'text/plain');
    expect(heard()).toEqual([
      {
        verb: 'hear',
        of: 'alertmanager:https://am.example.org/alerts',
        by: null,
        with: [
          { status: 'firing', labels: BURNS, annotations: { summary: 's' }, startsAt: NOW - 1_000, endsAt: null },
          { status: 'clear', labels: BURNS, annotations: {}, startsAt: NOW, endsAt: NOW },
        ],
      },
    ]);
  });

  it('never says 429, and takes what a large group weighs', async () => {
    started = await start();
    const small = await Promise.all(Array.from({ length: 700 }, () => post(INGEST)));
    expect(new Set(small.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    const alerts = Array.from({ length: 20_000 }, () => ({
      labels: BURNS,
      annotations: { description: 'x'.repeat(500) },
    }));
    expect((await post(INGEST, body(NOW, alerts))).json()).toMatchObject({ changed: 20_000 });
  });

  it.each(['server_busy', 'store_unavailable', 'data_full'] as const)(
    'asks to come again when it is %s',
    async (code) => {
      started = await start();
      started.nines.verbs.hear = async () => {
        throw new NinesError(code, 'Not now.');
      };
      const answer = await post(INGEST);
      expect([answer.statusCode, answer.headers['retry-after'], answer.headers['connection']]).toEqual([
        503,
        '10',
        'close',
      ]);
    },
  );

  it('keeps a connection for longer than its clients do, or they would write into a closed one', async () => {
    started = await start();
    expect(started.app.server.keepAliveTimeout).toBeGreaterThan(300_000);
  });
});
