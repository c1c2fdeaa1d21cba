import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createLink, type Hello } from '../../src/agent/link.ts';
import { Secret } from '../../src/secret.ts';
import { target } from '../probe/http/target.ts';
import { scheduled } from '../probe/target.ts';

const HELLO: Hello = {
  agent: 'a',
  version: '0.1.0',
  revision: null,
  waitMs: 0,
  offsetMs: null,
  backlog: 0,
  dropped: 0,
};

/** A link to a server that answers everything with `body`. */
const linkTo = async (body: string) => {
  const server = createServer((request, response) => request.resume().on('end', () => response.end(body)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createLink({ url, location: 'frankfurt', token: new Secret('agent-token-0123456789') });
};

test('a location may have all targets of a large fleet', async () => {
  const targets = Array.from({ length: 30_000 }, (_, index) =>
    scheduled(`shop/edge/site-${index}`, target(`https://${index}.example.org/health`), 60_000, 5_000),
  );
  const body = JSON.stringify({ protocol: 1, revision: 'r1', targets, receivedAt: 1, sentAt: 2 });
  expect(body.length).toBeGreaterThan(10 * 1024 * 1024);
  const link = await linkTo(body);
  const answer = await link.poll(HELLO, new AbortController().signal);
  expect(answer).toMatchObject({ ok: true, revision: 'r1', targets: { length: 30_000 } });
});

test.each([
  ['without retries', { retries: undefined }],
  ['with retries that are no numbers', { retries: { count: 'many', waitMs: 0 } }],
  ['due a million times a second', { intervalMs: 0.001 }],
  ['due in a hundred years', { intervalMs: 3e12 }],
  ['that must answer before it is asked', { timeoutMs: -5 }],
  ['of no kind', { check: {} }],
])('a target %s stops no check: the assignment is refused', async (_, wrong) => {
  const good = scheduled('shop/checkout/health', target('http://127.0.0.1:1/'), 1_000, 500);
  const targets = [good, { ...good, ...wrong }];
  const link = await linkTo(JSON.stringify({ protocol: 1, revision: 'r1', targets, receivedAt: 1, sentAt: 2 }));
  expect(await link.poll(HELLO, new AbortController().signal)).toMatchObject({ ok: false, kind: 'refused' });
});
