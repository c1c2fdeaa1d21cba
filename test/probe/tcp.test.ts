import { createServer as createTlsServer } from 'node:tls';
import type { Socket } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { startDeadline } from '../../src/probe/deadline.ts';
import { createTcpProbe } from '../../src/probe/tcp.ts';
import type { TcpTarget } from '../../src/probe/targets.ts';
import { certificateFor, createAuthority, type Authority, type Pair } from './http/certificates.ts';
import { listen } from './http/target.ts';
import { REACH, TLS } from './target.ts';
import { checking, gone, said, serving } from './visit.ts';

const DAY_MS = 86_400_000;
const days = (count: number): Date => new Date(Math.floor(Date.now() / 1_000) * 1_000 + count * DAY_MS);

const tcp = (address: string, more: Partial<TcpTarget> = {}): TcpTarget => ({
  kind: 'tcp',
  address,
  secure: false,
  startTls: null,
  steps: [],
  reach: REACH,
  tls: TLS,
  assertions: [],
  degraded: [],
  ...more,
});

const check = checking(createTcpProbe());
const expecting = (expect: string): TcpTarget['steps'][number] => ({ send: null, expect });

describe('A port', () => {
  test('that takes the connection passes, and nothing is said there', async () => {
    const heard: Buffer[] = [];
    const address = await serving((socket) => socket.on('data', (bytes: Buffer) => heard.push(bytes)));
    const result = await check(tcp(address));
    expect(said(result)).toBe('pass ok: ');
    expect(Object.keys(result.phases)).toEqual(['connect']);
    expect(result).toMatchObject({ address: '127.0.0.1', status: null, certificateExpiresAt: null, attempts: 1 });
    expect(heard).toEqual([]);
  });

  test('where nobody listens refuses', async () => {
    expect(said(await check(tcp('127.0.0.1:1')))).toBe('fail refused: connection to TARGET was refused');
  });

  test('that is written wrong, as a reference may turn out, blames nobody', async () => {
    expect(said(await check(tcp('127.0.0.1')))).toBe('unknown internal: the address of the probe is not host:port');
    expect((await check(tcp('-c:1'))).outcome).toBe('unknown');
  });

  test('that takes its time is degraded when that is asked, and fails when the assertion says so', async () => {
    const address = await serving(() => undefined);
    const slow = { kind: 'response-time', belowMs: 0 } as const;
    const degraded = await check(tcp(address, { degraded: [slow] }));
    expect(degraded).toMatchObject({ outcome: 'pass', degraded: true, reason: 'response-time' });
    expect(degraded.detail).toMatch(/^response time was \d+ms, expected below 0ms$/);
    const failed = await check(tcp(address, { assertions: [slow], degraded: [slow] }));
    expect(failed).toMatchObject({ outcome: 'fail', degraded: false, reason: 'response-time' });
  });

  test('is not judged by what its kind does not know', async () => {
    const address = await serving(() => undefined);
    expect(said(await check(tcp(address, { assertions: [{ kind: 'status', expected: [200] }] })))).toBe(
      'unknown internal: the status assertion cannot be judged: this kind of check does not know it',
    );
  });
});

describe('A talk', () => {
  /** A server that answers each line it hears from a table, and greets. */
  const answering = (greeting: string, answers: Record<string, string>) =>
    serving((socket) => {
      socket.write(greeting);
      let rest = '';
      socket.on('data', (bytes) => {
        const lines = (rest + String(bytes)).split('\r\n');
        rest = lines.pop() ?? '';
        for (const line of lines) socket.write(answers[line] ?? `500 what is ${line}?\r\n`);
      });
    });

  test('goes on line by line, and what follows a match is left for the next step', async () => {
    const address = await answering('220-hello\r\n220 ready\r\n', { PING: '+PONG\n-after\r\n' });
    const steps = [expecting('^220 '), { send: 'PING\r\n', expect: '^\\+PONG$' }, expecting('^-after$')];
    const result = await check(tcp(address, { steps }));
    expect(said(result)).toBe('pass ok: ');
    expect(Object.keys(result.phases)).toEqual(['connect', 'processing']);
  });

  test('sends exactly the bytes that are written', async () => {
    const heard: Buffer[] = [];
    const address = await serving((socket) =>
      socket.on('data', (bytes: Buffer) => {
        heard.push(bytes);
        if (Buffer.concat(heard).includes(10)) socket.end('ok');
      }),
    );
    expect(said(await check(tcp(address, { steps: [{ send: '\0ä\t\r\n', expect: '^ok$' }] })))).toBe('pass ok: ');
    expect(Buffer.concat(heard)).toEqual(Buffer.from([0, 0xc3, 0xa4, 9, 13, 10]));
  });

  test('that ends without the wanted line tells the last one', async () => {
    const address = await serving((socket) => socket.end('421 too busy\r\n421 "bye"\u0007\r\n'));
    expect(said(await check(tcp(address, { steps: [expecting('^220 ')] })))).toBe(
      'fail expect: TARGET closed the connection: no line matched "^220 ", the last one was "421 \\"bye\\"\\u0007"',
    );
  });

  test('that ends without a word says that none came', async () => {
    const address = await serving((socket) => socket.end());
    expect(said(await check(tcp(address, { steps: [expecting('.')] })))).toBe(
      'fail expect: TARGET closed the connection: no line matched ".", and none came',
    );
  });

  test('shows no word that we sent unless it is a command, even when the server sends it back', async () => {
    const address = await serving((socket) => socket.on('data', (bytes) => socket.end(`500 no ${String(bytes)}`)));
    const { detail } = await check(tcp(address, { steps: [{ send: 'AUTH root s3cr3t\r\n', expect: '^250' }] }));
    expect(detail).toMatch(/the last one was "500 no AUTH \[secret\] \[secret\]"$/);
  });

  test('cuts a long last line', async () => {
    const address = await serving((socket) => socket.end(`${'x'.repeat(5_000)}\n`));
    expect((await check(tcp(address, { steps: [expecting('^y')] }))).detail.length).toBeLessThan(200);
  });

  test('with a pattern that never ends is interrupted and blames nobody', async () => {
    const address = await serving((socket) => socket.end(`${'a'.repeat(40)}!\n`));
    expect(said(await check(tcp(address, { steps: [expecting('^(a+)+$')] })))).toBe(
      'unknown internal: the search for "^(a+)+$" took too long',
    );
  });

  test('times out when the server stays silent, and shows what it said before', async () => {
    const address = await serving((socket) => socket.write('login: '));
    expect(said(await check(tcp(address, { steps: [expecting('^220')] }), 100))).toBe(
      'fail timeout: no complete answer within 100ms: the time ran out while waiting for the response; no line matched "^220", the last one was "login: "',
    );
  });

  test('times out on a server that sends a byte now and then', async () => {
    const address = await serving((socket) => {
      const timer = setInterval(() => socket.write('x'), 10);
      socket.once('close', () => clearInterval(timer));
    });
    const result = await check(tcp(address, { steps: [expecting('^220')] }), 200);
    expect(result.reason).toBe('timeout');
    expect(result.durationMs).toBeLessThan(2_000);
  });

  test('that is stopped says nothing about the target', async () => {
    const deadline = startDeadline(10_000);
    const address = await serving(() => deadline.stop());
    expect(said(await check(tcp(address, { steps: [expecting('x')] }), 10_000, deadline))).toBe(
      'unknown paused: the check was stopped before it was done',
    );
  });

  test('that was stopped before it began visits nobody', async () => {
    let visits = 0;
    const address = await serving(() => void visits++);
    const deadline = startDeadline(10_000);
    deadline.stop();
    expect((await check(tcp(address), 10_000, deadline)).reason).toBe('paused');
    expect(visits).toBe(0);
  });

  test('resets are told', async () => {
    const address = await serving((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(said(await check(tcp(address, { steps: [{ send: 'x', expect: 'y' }] })))).toBe(
      'fail reset: TARGET closed the connection while waiting for the response; no line matched "y", and none came',
    );
  });

  test.for([
    ['one line without an end', Buffer.alloc(64 * 1024, 'x')],
    ['lines without an end', Buffer.from('no\n'.repeat(20_000))],
  ] as const)('leaves a server that sends a gigabyte: %s', async ([, chunk]) => {
    let sent = 0;
    let left: Promise<void> | undefined;
    const address = await serving((socket: Socket) => {
      left = gone(socket);
      const more = (): void => {
        sent += chunk.length;
        if (!socket.destroyed && sent < 2 ** 30) socket.write(chunk, more);
      };
      more();
    });
    expect(said(await check(tcp(address, { steps: [expecting('^220')] })))).toBe(
      'fail too-large: TARGET sent more than 64 KiB without a line that matches "^220"',
    );
    await left;
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('TLS from the start', () => {
  let authority: Authority;
  let good: Pair;
  beforeAll(async () => {
    authority = await createAuthority();
    good = await certificateFor(authority, { name: 'localhost', from: days(-1), to: days(30) });
  });

  test('carries the talk, and the certificate can be judged', async () => {
    const port = await listen(createTlsServer(good, (socket) => socket.end('220 hello\r\n')));
    const tls = { ...TLS, ca: authority.pem };
    const target = tcp(`localhost:${port}`, { secure: true, steps: [expecting('^220')], tls });
    const result = await check({ ...target, assertions: [{ kind: 'certificate', validForMs: 29 * DAY_MS }] });
    expect(said(result)).toBe('pass ok: ');
    expect(Object.keys(result.phases)).toEqual(['resolve', 'connect', 'tls', 'processing']);
    expect(result.certificateExpiresAt).toBe(days(30).getTime());
    const young = await check({ ...target, assertions: [{ kind: 'certificate', validForMs: 31 * DAY_MS }] });
    expect(said(young)).toMatch(/^fail certificate-age: the certificate is valid for 29d23h more/);
  });

  test('says nothing to a server whose certificate is not trusted', async () => {
    const heard: string[] = [];
    const port = await listen(
      createTlsServer(good, (socket) => socket.on('data', (bytes) => heard.push(String(bytes)))),
    );
    const result = await check(tcp(`localhost:${port}`, { secure: true, steps: [{ send: 'secret', expect: 'x' }] }));
    expect(result.reason).toBe('certificate-invalid');
    expect(heard).toEqual([]);
  });
});
