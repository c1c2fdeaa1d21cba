import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createEvents } from '../../src/http/events.ts';
import { start } from './start.ts';

/** A response that remembers what was written to it; `stuck` never sends. */
const reader = (stuck = false) => {
  const state = { text: '', ended: false, destroyed: false };
  const response = {
    get writableLength() {
      return stuck ? state.text.length : 0;
    },
    writeHead: () => response,
    on: () => response,
    write: (text: string) => Boolean((state.text += text)),
    end: () => void (state.ended = true),
    destroy: () => void (state.destroyed = true),
  };
  return { state, response: response as unknown as ServerResponse };
};

const RUN = 1_763_600_000_000;

test('a reader that comes back gets what it missed, once and in order', () => {
  const events = createEvents(RUN);
  for (let i = 0; i < 5; i++) events.publish({ topic: 'slos', id: `s${i}` });
  const { state, response } = reader();
  events.connect(response, {}, `${RUN}-3`);
  expect(state.text.match(/"id":"s\d"/g)).toEqual(['"id":"s3"', '"id":"s4"']);
  events.publish({ topic: 'probes' });
  expect(state.text).toContain(`id: ${RUN}-6\nevent: change\ndata: {"topic":"probes"}\n\n`);
  events.close();
});

test.each([
  ['of another run', `${RUN - 1}-3`],
  ['too old to be kept', `${RUN}-1`],
  ['from the future', `${RUN}-5000`],
  ['that is no id', 'hello'],
])('a reader with an id %s is told to load everything', (_name, id) => {
  const events = createEvents(RUN);
  for (let i = 0; i < 1_200; i++) events.publish({ topic: 'slos' });
  const { state, response } = reader();
  events.connect(response, {}, id);
  expect(state.text).toBe(`retry: 2000\n\nid: ${RUN}-1200\nevent: resync\ndata: {}\n\n`);
  events.close();
});

test('a reader that takes nothing is cut at a megabyte, the others are not', () => {
  const events = createEvents(RUN);
  const [slow, quick] = [reader(true), reader()];
  events.connect(slow.response, {}, undefined);
  events.connect(quick.response, {}, undefined);
  for (let i = 0; i < 11_000; i++) events.publish({ topic: 'slos', id: 'x'.repeat(60) });
  expect([slow.state.destroyed, quick.state.destroyed, events.readers()]).toEqual([true, false, 1]);
  expect(slow.state.text.length).toBeLessThanOrEqual(1_000_000);
  events.close();
});

test('over a socket: bytes come at once, a change arrives, closing the server ends the stream', async () => {
  const { app, publish } = await start();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  const ended = new Promise<void>((resolve) => {
    socket.on('data', (data) => {
      text += String(data);
      if (text.includes('retry: 2000') && !text.includes('event: change')) publish({ topic: 'incidents', id: 'i1' });
      if (text.includes('event: change')) void app.close();
    });
    socket.on('close', () => resolve());
  });
  socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await ended;
  expect(text).toContain('content-type: text/event-stream');
  expect(text).toContain('x-content-type-options: nosniff');
  expect(text).toContain('data: {"topic":"incidents","id":"i1"}');
});

test('a closed server hears nothing of the product any more', async () => {
  const { app, listeners } = await start();
  await app.ready();
  expect(listeners.size).toBe(1);
  await app.close();
  expect(listeners.size).toBe(0);
});
