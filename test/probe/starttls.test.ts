import { beforeAll, describe, expect, test } from 'vitest';
import { createTcpProbe } from '../../src/probe/tcp.ts';
import type { StartTls, TcpTarget } from '../../src/probe/targets.ts';
import { certificateFor, createAuthority, type Authority, type Pair } from './http/certificates.ts';
import { SCRIPTS, startTlsServer } from './starttls-server.ts';
import { REACH, TLS } from './target.ts';
import { checking, said, serving } from './visit.ts';

const DAY_MS = 86_400_000;
const PROTOCOLS = Object.keys(SCRIPTS) as StartTls[];

let authority: Authority;
let good: Pair;
beforeAll(async () => {
  authority = await createAuthority();
  const from = new Date(Date.now() - DAY_MS);
  good = await certificateFor(authority, { name: 'localhost', from, to: new Date(Date.now() + DAY_MS) });
});

const probe = checking(createTcpProbe());

const check = (address: string, startTls: StartTls, more: Partial<TcpTarget> = {}, timeoutMs = 10_000) =>
  probe(
    {
      kind: 'tcp',
      address,
      secure: false,
      startTls,
      steps: [],
      reach: REACH,
      tls: { ...TLS, ca: authority.pem, serverName: 'localhost' },
      assertions: [],
      degraded: [],
      ...more,
    },
    timeoutMs,
  );

describe.for(PROTOCOLS)('STARTTLS of %s', (protocol) => {
  test('speaks the protocol to the letter, shakes hands and talks on in safety', async () => {
    const address = await startTlsServer(SCRIPTS[protocol], good);
    const result = await check(address, protocol, { steps: [{ send: null, expect: '^220 safe$' }] });
    expect(said(result)).toBe('pass ok: ');
    expect(Object.keys(result.phases)).toEqual(['connect', 'processing', 'tls']);
    expect(result.certificateExpiresAt).not.toBeNull();
  });

  test('judges the certificate', async () => {
    const address = await startTlsServer(SCRIPTS[protocol], good);
    expect((await check(address, protocol, { tls: { ...TLS, serverName: 'localhost' } })).reason).toBe(
      'certificate-invalid',
    );
  });

  test('does not take words that stand behind the go-ahead into the secured talk', async () => {
    const { turns, ...script } = SCRIPTS[protocol];
    const [wanted, answer] = turns.at(-1) ?? ['', ''];
    const injected = { ...script, turns: [...turns.slice(0, -1), [wanted, `${answer}250 injected\r\n`] as const] };
    const address = await startTlsServer(injected, good);
    expect(said(await check(address, protocol))).toBe('fail starttls: TARGET went on in plain text after STARTTLS');
  });

  test('ends with a server that closes at once', async () => {
    const { outcome, reason } = await check(await serving((socket) => socket.end()), protocol);
    expect([outcome, reason]).toEqual(['fail', 'reset']);
  });

  test('leaves a server that only sends zeros', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    const address = await serving((socket) => {
      const more = (): boolean => socket.destroyed || socket.write(chunk, more);
      more();
    });
    const { outcome, reason } = await check(address, protocol);
    expect([outcome, ['too-large', 'starttls', 'expect'].includes(reason)]).toEqual(['fail', true]);
  });

  test('times out on silence', async () => {
    expect((await check(await serving(() => undefined), protocol, {}, 100)).reason).toBe('timeout');
  });
});

describe('A server that does not want', () => {
  const ldapAnswer = (code: string): string => `\x30\x0c\x02\x01\x01\x78\x07\x0a\x01${code}\x04\x00\x04\x00`;
  const smtpHello = 'EHLO [127.0.0.1]\r\n';

  test.for<[StartTls, string, string, string]>([
    ['smtp', '554 no\r\n', '', 'TARGET did not agree to STARTTLS: "554 no"'],
    ['smtp', 'SSH-2.0-x\r\n', '', 'TARGET did not greet as its protocol asks: "SSH-2.0-x"'],
    ['smtp', '220-a\r\n250 b\r\n', '', 'TARGET did not greet as its protocol asks: "250 b"'],
    ['smtp', '220 a\r\n', '250-mx STARTTLS\r\n250 SIZE\r\n', 'TARGET does not offer STARTTLS'],
    ['smtp', '220 a\r\n', '250-mx\r\n250-NOSTARTTLS\r\n250 SIZE\r\n', 'TARGET does not offer STARTTLS'],
    ['smtp', '220 a\r\n', '502 what?\r\n', 'TARGET did not agree to STARTTLS: "502 what?"'],
    ['imap', '* PREAUTH you are in\r\n', '', 'TARGET did not agree to STARTTLS: "* PREAUTH you are in"'],
    ['imap', '* OK a\r\n', 'n1 BAD no\r\n', 'TARGET did not agree to STARTTLS: "n1 BAD no"'],
    ['imap', '* OK a\r\n', '* BYE\r\n', 'TARGET did not agree to STARTTLS: "* BYE"'],
    ['pop3', '-ERR no\r\n', '', 'TARGET did not agree to STARTTLS: "-ERR no"'],
    ['pop3', '+OK a\r\n', '-ERR no\r\n', 'TARGET did not agree to STARTTLS: "-ERR no"'],
    ['ftp', '220 a\r\n', '534 no\r\n', 'TARGET did not agree to STARTTLS: "534 no"'],
    ['ftp', '421 full\r\n', '', 'TARGET did not agree to STARTTLS: "421 full"'],
    ['postgres', '', 'N', 'TARGET does not offer STARTTLS'],
    ['postgres', '', 'E', 'TARGET did not agree to STARTTLS: "E"'],
    ['ldap', '', ldapAnswer('\x02'), 'TARGET did not agree to STARTTLS: "LDAP result code 2"'],
    ['ldap', '', 'HTTP/1.1 400\r\n', 'TARGET did not agree to STARTTLS: "something that is no LDAP message"'],
    ['ldap', '', '\x30\x80', 'TARGET did not agree to STARTTLS: "something that is no LDAP message"'],
    ['ldap', '', '\x30\x03\x02\x01\x02', 'TARGET did not agree to STARTTLS: "an LDAP message that is no answer"'],
    ['xmpp', '', '<stream:stream><stream:features/>', 'TARGET does not offer STARTTLS'],
    ['xmpp', '', '</stream:stream>', 'TARGET did not agree to STARTTLS: "</stream:stream>"'],
  ])('%s, after %j: %j', async ([protocol, greeting, answer, detail]) => {
    const address = await serving((socket) => {
      if (greeting) socket.write(greeting, 'latin1');
      socket.once('data', (bytes) => {
        socket.write(protocol !== 'smtp' || String(bytes) === smtpHello ? answer : '500 who?\r\n', 'latin1');
      });
    });
    expect(said(await check(address, protocol))).toBe(`fail starttls: ${detail}`);
  });

  test('takes back what it offered', async () => {
    const { greeting = '', turns } = SCRIPTS.smtp;
    const [hello = ['', '']] = turns;
    const turned = { greeting, turns: [hello, ['STARTTLS\r\n', '454 TLS not available\r\n'] as const] };
    expect(said(await check(await startTlsServer(turned, good), 'smtp'))).toBe(
      'fail starttls: TARGET did not agree to STARTTLS: "454 TLS not available"',
    );
  });

  test('agrees and then speaks no TLS', async () => {
    const { turns } = SCRIPTS.postgres;
    const address = await serving((socket) => {
      socket.once('data', () => {
        socket.write(turns[0]?.[1] ?? '');
        socket.once('data', () => socket.end('what is this?'));
      });
    });
    expect((await check(address, 'postgres')).reason).toBe('tls');
  });
});
