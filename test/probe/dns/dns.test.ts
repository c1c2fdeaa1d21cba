import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { startDeadline } from '../../../src/probe/deadline.ts';
import { createDnsProbe } from '../../../src/probe/dns/index.ts';
import type { Assertion, DnsTarget } from '../../../src/probe/targets.ts';
import { dnsServer, type Question, type Reply, type Type } from '../dns-server.ts';
import { checking, said } from '../visit.ts';

const probe = checking(createDnsProbe());

const dns = (server: string | null, more: Partial<DnsTarget> = {}): DnsTarget => ({
  kind: 'dns',
  name: 'shop.example.org',
  type: 'A',
  server,
  assertions: [],
  degraded: [],
  ...more,
});

const answering = (reply: Reply): Promise<string> => dnsServer(() => reply);
const check = (server: string | null, more: Partial<DnsTarget> = {}, timeoutMs = 10_000) =>
  probe(dns(server, more), timeoutMs);
const asserting = async (reply: Reply, assertion: Assertion, more: Partial<DnsTarget> = {}): Promise<string> =>
  said(await check(await answering(reply), { ...more, assertions: [assertion] }));

const TWO: Reply = {
  records: [
    { type: 'A', data: '192.0.2.1' },
    { type: 'A', data: '192.0.2.2' },
  ],
};

describe('A name server', () => {
  test('that answers passes, and tells what it said under the names of blackbox_exporter', async () => {
    const asked: Question[] = [];
    const server = await dnsServer((question) => {
      asked.push(question);
      return TWO;
    });
    const result = await check(server);
    expect(said(result)).toBe('pass ok: ');
    expect(asked).toEqual([{ name: 'shop.example.org', type: 'A', over: 'udp' }]);
    expect(Object.keys(result.phases)).toEqual(['processing']);
    expect(result).toMatchObject({ address: '127.0.0.1', readings: { answers: 2 } });
    expect(result.facts).toEqual({ dns_query_succeeded: 1, dns_answer_rrs: 2 });
  });

  test.for<[Type, string, string]>([
    ['AAAA', '2001:db8:0:0::1', '2001:db8::1'],
    ['CNAME', 'Edge.Example.NET', 'edge.example.net'],
    ['MX', '10 mail.example.org', '10 mail.example.org'],
    ['NS', 'ns1.example.org', 'ns1.example.org'],
    ['SRV', '1 2 5060 sip.example.org', '1 2 5060 sip.example.org'],
    ['TXT', 'v=spf1 include:|_spf.example.org -all', 'v=spf1 include:_spf.example.org -all'],
    ['CAA', '0 issue letsencrypt.org', '0 issue "letsencrypt.org"'],
    ['SOA', 'ns1.example.org admin.example.org 7 1 2 3 4', 'ns1.example.org admin.example.org 7 1 2 3 4'],
  ])('answers for %s %j in the words %j', async ([type, data, text]) => {
    const more = { type };
    expect(await asserting({ records: [{ type, data }] }, { kind: 'answers', equal: [text] }, more)).toBe('pass ok: ');
    expect(await asserting({ records: [{ type, data }] }, { kind: 'answers', equal: ['x'] }, more)).toBe(
      `fail answers: answers were ${JSON.stringify(text)}, expected exactly "x"`,
    );
  });

  test('compares names in any case, with or without the last dot, and addresses in any form', async () => {
    const mx: Reply = { records: [{ type: 'MX', data: '10 mail.example.org' }] };
    expect(await asserting(mx, { kind: 'answers', include: ['10  Mail.Example.org.'] }, { type: 'MX' })).toBe(
      'pass ok: ',
    );
    const aaaa: Reply = { records: [{ type: 'AAAA', data: '2001:db8::1' }] };
    expect(await asserting(aaaa, { kind: 'answers', equal: ['2001:0DB8:0::1'] }, { type: 'AAAA' })).toBe('pass ok: ');
  });

  test.for([
    ['192.0.2.10', '10.2.0.192.in-addr.arpa'],
    ['2001:db8::567:89ab', 'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
    ['x.in-addr.arpa', 'x.in-addr.arpa'],
  ] as const)('is asked for the name of %s at %s', async ([name, wanted]) => {
    const asked: string[] = [];
    const server = await dnsServer(({ name }) => {
      asked.push(name);
      return { records: [{ type: 'PTR', data: 'host.example.org' }] };
    });
    expect(said(await check(server, { type: 'PTR', name }))).toBe('pass ok: ');
    expect(asked).toEqual([wanted]);
  });

  test('gives the serial of a zone as a fact and as a reading', async () => {
    const soa: Reply = { records: [{ type: 'SOA', data: 'ns1.example.org a.example.org 2026112001 1 2 3 4' }] };
    const result = await check(await answering(soa), {
      type: 'SOA',
      assertions: [{ kind: 'reading', name: 'serial', above: 2026112000 }],
    });
    expect(said(result)).toBe('pass ok: ');
    expect(result.facts).toEqual({ dns_query_succeeded: 1, dns_answer_rrs: 1, dns_serial: 2026112001 });
  });
});

describe('Answers', () => {
  test.for<[Extract<Assertion, { kind: 'answers' }>, string]>([
    [{ kind: 'answers', include: ['192.0.2.2'] }, 'pass ok: '],
    [{ kind: 'answers', equal: ['192.0.2.2', '192.0.2.1'] }, 'pass ok: '],
    [{ kind: 'answers', matches: '\\.1$', atLeast: 2 }, 'pass ok: '],
    [{ kind: 'answers', include: ['192.0.2.3'] }, 'expected "192.0.2.3" among them'],
    [{ kind: 'answers', equal: ['192.0.2.1'] }, 'expected exactly "192.0.2.1"'],
    [{ kind: 'answers', matches: '^10\\.' }, 'expected one that matches "^10\\\\."'],
    [{ kind: 'answers', atLeast: 3 }, 'expected at least 3'],
  ])('are held against %j', async ([assertion, wanted]) => {
    const got = await asserting(TWO, assertion);
    expect(got).toBe(
      wanted.startsWith('pass') ? wanted : `fail answers: answers were "192.0.2.1", "192.0.2.2", ${wanted}`,
    );
  });

  test('that must not be there can be asked for', async () => {
    expect(await asserting({}, { kind: 'answers', atLeast: 0 })).toBe('pass ok: ');
    expect(said(await check(await answering({})))).toBe('fail answers: TARGET has no answer for A shop.example.org');
  });

  test('of another type only, as in a circle of CNAMEs, are none', async () => {
    const circle: Reply = {
      records: [
        { type: 'CNAME', data: 'b.example.org' },
        { type: 'CNAME', name: 'b.example.org', data: 'shop.example.org' },
      ],
    };
    expect(said(await check(await answering(circle)))).toBe(
      'fail answers: TARGET has no answer for A shop.example.org',
    );
  });

  test('behind a CNAME count', async () => {
    const chain: Reply = {
      records: [
        { type: 'CNAME', data: 'b.example.org' },
        { type: 'A', name: 'b.example.org', data: '192.0.2.7' },
      ],
    };
    expect(await asserting(chain, { kind: 'answers', equal: ['192.0.2.7'] })).toBe('pass ok: ');
  });
});

describe('A code', () => {
  test.for(['NXDOMAIN', 'SERVFAIL', 'REFUSED'] as const)(
    'of %s fails, or passes where it is expected',
    async (code) => {
      const server = await answering({ code });
      expect(said(await check(server))).toBe(`fail dns: TARGET answered ${code} for A shop.example.org`);
      expect(said(await check(server, { assertions: [{ kind: 'code', expected: code }] }))).toBe('pass ok: ');
      expect(said(await check(server, { assertions: [{ kind: 'code', expected: 'NOERROR' }] }))).toBe(
        `fail dns: the code was ${code}, expected NOERROR`,
      );
    },
  );

  test('of NOERROR is one without an answer too', async () => {
    expect(await asserting({}, { kind: 'code', expected: 'NOERROR' })).toBe('pass ok: ');
    expect(await asserting(TWO, { kind: 'code', expected: 'NXDOMAIN' })).toBe(
      'fail dns: the code was NOERROR, expected NXDOMAIN',
    );
  });

  test.for(['FORMERR', 'NOTIMP'] as const)('of %s is told by its name', async (code) => {
    expect(said(await check(await answering({ code })))).toBe(
      `fail dns: TARGET answered ${code} for A shop.example.org`,
    );
  });
});

describe('A name server that misbehaves', () => {
  test('and stays silent times out', async () => {
    const result = await check(await answering({ how: 'silent' }), {}, 150);
    expect(said(result)).toMatch(/^fail timeout: /);
    expect(result.durationMs).toBeLessThan(2_000);
  });

  test('and answers another question times out', async () => {
    expect((await check(await answering({ ...TWO, how: 'wrong id' }), {}, 150)).reason).toBe('timeout');
  });

  test('and sends garbage is told', async () => {
    const { outcome, reason } = await check(await answering({ how: 'garbage' }), {}, 300);
    expect([outcome, ['protocol', 'timeout'].includes(reason)]).toEqual(['fail', true]);
  });

  test('and sends an address of two bytes speaks no DNS', async () => {
    expect(said(await check(await answering({ records: [{ type: 'A', data: 'broken' }] }), {}, 300))).toBe(
      'fail protocol: the answer of TARGET is no DNS message',
    );
  });

  test('and has not room enough in a packet is asked again over TCP', async () => {
    const over: string[] = [];
    const server = await dnsServer((question) => {
      over.push(question.over);
      return question.over === 'udp' ? { how: 'truncated' } : TWO;
    });
    expect((await check(server)).readings).toEqual({ answers: 2 });
    expect(over).toEqual(['udp', 'tcp']);
  });

  test('and is not there is refused', async () => {
    const udp = createSocket('udp4').bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const { port } = udp.address();
    udp.close();
    await once(udp, 'close');
    expect(said(await check(`127.0.0.1:${port}`, {}, 2_000))).toBe('fail refused: nobody answers DNS at TARGET');
  });

  test('and has a name that does not exist', async () => {
    expect((await check('ns.no-such-name.invalid')).reason).toBe('dns');
  });

  test('and is written wrong blames nobody', async () => {
    expect(said(await check('not a server'))).toBe(
      'unknown internal: the server of the probe is no address of a name server',
    );
  });
});

test('A server can be given by name', async () => {
  const server = await answering(TWO);
  const result = await check(server.replace('127.0.0.1', 'localhost'));
  expect(said(result)).toBe('pass ok: ');
  expect(Object.keys(result.phases)).toEqual(['resolve', 'processing']);
});

test('A check that is stopped says nothing about the server', async () => {
  const deadline = startDeadline(10_000);
  const server = await dnsServer(() => {
    deadline.stop();
    return { how: 'silent' };
  });
  expect((await probe(dns(server), 10_000, deadline)).reason).toBe('paused');
});
