import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { refusalOf } from '../../../src/probe/net/permission.ts';
import { createResolver, type ResolverParts } from '../../../src/probe/net/resolve.ts';
import { candidates, parseHosts, parseResolvConf } from '../../../src/probe/net/system-files.ts';
import { createSystemLookup } from '../../../src/probe/net/system-lookup.ts';
import { createWatched } from '../../../src/probe/net/watched.ts';
import type { Reach } from '../../../src/probe/targets.ts';
import { nameServer, type Question, type Reply } from './name-server.ts';

type Asked = Pick<Reach, 'ip' | 'resolver'>;
const MACHINE: Asked = { ip: 'prefer-v4', resolver: null };

/** A resolver of a machine with these files whose name server answers as told, and its clock. */
const resolving = async (
  reply: (question: Question) => Reply,
  { hosts = '', conf = '', system }: { hosts?: string; conf?: string; system?: ResolverParts['system'] } = {},
) => {
  const server = await nameServer(reply);
  const clock = { now: 0 };
  const resolver = createResolver({
    hosts: () => parseHosts(hosts),
    conf: () => ({ ...parseResolvConf(conf), servers: [server.address], timeoutMs: 200, tries: 1 }),
    monotonic: () => clock.now,
    ...(system && { system }),
  });
  const find = async (name: string, reach: Asked = MACHINE): Promise<string> => {
    const { addresses, cached } = await resolver.resolveOne(name, reach);
    return `${addresses[0]}${cached ? ' cached' : ''}`;
  };
  return { server, clock, resolver, find };
};

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'found',
    (error: NodeJS.ErrnoException) => error.code,
  );

const PUBLIC = '93.184.216.34';

describe('An answer of a name server', () => {
  test('is kept for its TTL, and says so', async () => {
    const { find, clock, server } = await resolving(() => ({ addresses: [PUBLIC], ttl: 60 }));
    expect(await find('api.shop.dev')).toBe(PUBLIC);
    clock.now = 59_999;
    expect(await find('API.shop.dev')).toBe(`${PUBLIC} cached`);
    clock.now = 60_000;
    expect(await find('api.shop.dev')).toBe(PUBLIC);
    expect(server.asked).toEqual(['A api.shop.dev', 'A api.shop.dev']);
  });

  test('that leads elsewhere after its TTL is judged anew', async () => {
    let asked = 0;
    const { resolver, clock } = await resolving(() => ({
      addresses: [asked++ === 0 ? PUBLIC : '169.254.169.254'],
      ttl: 1,
    }));
    const judged = async () => {
      const { addresses, name, local } = await resolver.resolveOne('api.shop.dev', MACHINE);
      const [address = ''] = addresses;
      const where = { host: 'api.shop.dev', place: 'api.shop.dev:80', address, literal: false, name, local };
      return refusalOf({ ...where, allow: ['private'], sentBy: null })?.reason ?? 'visited';
    };
    expect(await judged()).toBe('visited');
    clock.now = 999;
    expect(await judged()).toBe('visited');
    clock.now = 1_000;
    expect(await judged()).toBe('address-refused');
  });

  test('with a TTL of 0 is kept for nobody, but shared by those who ask at once', async () => {
    const { find, server } = await resolving(() => ({ addresses: [PUBLIC], ttl: 0 }));
    expect(await Promise.all([find('a.dev'), find('a.dev'), find('a.dev')])).toEqual([PUBLIC, PUBLIC, PUBLIC]);
    expect(server.asked).toHaveLength(1);
    expect(await find('a.dev')).toBe(PUBLIC);
    expect(server.asked).toHaveLength(2);
  });

  test('that there is no such name is kept for two seconds', async () => {
    const { find, clock, server } = await resolving(() => ({ code: 'NXDOMAIN' }));
    expect(await codeOf(find('a.dev'))).toBe('ENOTFOUND');
    clock.now = 1_999;
    expect(await codeOf(find('a.dev'))).toBe('ENOTFOUND');
    expect(server.asked).toHaveLength(1);
    clock.now = 2_000;
    await codeOf(find('a.dev'));
    expect(server.asked).toHaveLength(2);
  });

  test.for([
    ['SERVFAIL', 'ESERVFAIL'],
    ['REFUSED', 'EREFUSED'],
    ['FORMERR', 'EFORMERR'],
  ] as const)('%s is told, and never kept', async ([code, told]) => {
    let broken = true;
    const { find } = await resolving(() => (broken ? { code } : { addresses: [PUBLIC] }));
    expect(await codeOf(find('a.dev'))).toBe(told);
    broken = false;
    expect(await find('a.dev')).toBe(PUBLIC);
  });

  test('that a server fails on one search domain does not hide the name behind the others', async () => {
    const { find, server } = await resolving(
      ({ name }) => (name === 'api.shop.dev' ? { addresses: [PUBLIC] } : { code: 'SERVFAIL' }),
      { conf: 'search broken.lan\noptions ndots:5' },
    );
    expect(await find('api.shop.dev')).toBe(PUBLIC);
    expect(server.asked).toEqual(['A api.shop.dev.broken.lan', 'A api.shop.dev']);
    expect(await codeOf(find('none.shop.dev'))).toBe('ESERVFAIL');
  });

  test('of SERVFAIL on a search domain stays one where the name is nowhere else', async () => {
    const { find } = await resolving(({ name }) => ({ code: name === 'a.dev' ? 'NXDOMAIN' : 'SERVFAIL' }), {
      conf: 'search broken.lan\noptions ndots:5',
    });
    expect(await codeOf(find('a.dev'))).toBe('ESERVFAIL');
  });

  test('that never comes ends with the time of the server', async () => {
    const { find } = await resolving(() => ({ silent: true }));
    expect(await codeOf(find('a.dev'))).toBe('ETIMEOUT');
  });

  test('is always visited at the same address, in whatever order they come', async () => {
    let turn = 0;
    const all = ['203.0.113.9', '203.0.113.10', '203.0.113.2'];
    const { find } = await resolving(() => ({
      addresses: [...all.slice(turn % 3), ...all.slice(0, turn++ % 3)],
      ttl: 0,
    }));
    const seen = new Set([await find('a.dev'), await find('a.dev'), await find('a.dev')]);
    expect([...seen]).toHaveLength(1);
  });

  test('by a chain of aliases is followed, and a circle of them leads nowhere', async () => {
    const { find } = await resolving(({ name }) =>
      name === 'loop.dev'
        ? { aliases: ['b.dev', 'loop.dev', 'b.dev'] }
        : { aliases: ['b.dev', 'c.dev'], addresses: [PUBLIC] },
    );
    expect(await find('a.dev')).toBe(PUBLIC);
    expect(await codeOf(find('loop.dev'))).toBe('ENODATA');
  });
});

describe('The stance on IPv4 and IPv6', () => {
  const both = { addresses: [PUBLIC, '2001:db8::1'] };

  test.for<[Reach['ip'], Reply, string, string[]]>([
    ['prefer-v4', both, PUBLIC, ['A a.dev']],
    ['prefer-v4', { addresses: ['2001:db8::1'] }, '2001:db8::1', ['A a.dev', 'AAAA a.dev']],
    ['prefer-v6', both, '2001:db8::1', ['AAAA a.dev']],
    ['prefer-v6', { addresses: [PUBLIC] }, PUBLIC, ['AAAA a.dev', 'A a.dev']],
    ['v4', { addresses: ['2001:db8::1'] }, 'ENODATA', ['A a.dev']],
    ['v6', both, '2001:db8::1', ['AAAA a.dev']],
    ['v6', { addresses: [PUBLIC] }, 'ENODATA', ['AAAA a.dev']],
    ['prefer-v4', { code: 'NXDOMAIN' }, 'ENOTFOUND', ['A a.dev']],
  ])('%s of %j leads to %s by asking %j', async ([ip, reply, to, asked]) => {
    const { find, server } = await resolving(() => reply);
    const found = await find('a.dev', { ip, resolver: null }).catch((error: NodeJS.ErrnoException) => error.code);
    expect([found, server.asked]).toEqual([to, asked]);
  });

  test.for<[Reach['ip'], string]>([
    ['prefer-v6', PUBLIC],
    ['v6', 'ESERVFAIL'],
    ['prefer-v4', PUBLIC],
  ])('%s of a server that fails on AAAA leads to %s', async ([ip, to]) => {
    const { resolver } = await resolving(({ type }) => (type === 'A' ? { addresses: [PUBLIC] } : { code: 'SERVFAIL' }));
    const all = await resolver.resolveAll('a.dev', { ip, resolver: null }).then(
      ({ addresses }) => addresses.join(' '),
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(all).toBe(to);
  });

  test('does not hide that a server fails', async () => {
    const { find } = await resolving(({ type }) => (type === 'A' ? {} : { code: 'SERVFAIL' }));
    expect(await codeOf(find('a.dev'))).toBe('ESERVFAIL');
  });

  test('asks for all that there are when every address is visited', async () => {
    const { resolver } = await resolving(() => both);
    expect((await resolver.resolveAll('a.dev', MACHINE)).addresses).toEqual([PUBLIC, '2001:db8::1']);
    expect((await resolver.resolveAll('a.dev', { ...MACHINE, ip: 'prefer-v6' })).addresses[0]).toBe('2001:db8::1');
  });
});

describe('What this machine knows by itself', () => {
  const hosts = '127.0.0.1 localhost\n10.1.2.3 Shop.dev shop # ours\n::1 ip6-localhost\nnonsense here\n';

  test('comes first, and no name server is asked', async () => {
    const { find, server, resolver } = await resolving(() => ({ addresses: [PUBLIC] }), { hosts });
    expect(await find('shop.dev')).toBe('10.1.2.3');
    expect(await find('localhost')).toBe('127.0.0.1');
    expect(await find('a.localhost', { ip: 'v6', resolver: null })).toBe('::1');
    expect((await resolver.resolveOne('shop', MACHINE)).local).toBe(true);
    expect(server.asked).toEqual([]);
  });

  test('is nothing to name servers of the probe, but for localhost', async () => {
    const { find, server } = await resolving(() => ({ addresses: [PUBLIC] }), { hosts });
    const own: Asked = { ip: 'prefer-v4', resolver: [server.address] };
    expect(await find('shop.dev', own)).toBe(PUBLIC);
    expect(await find('localhost', own)).toBe('127.0.0.1');
  });

  test('is read again when its file changes, at most once a second', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nines-hosts-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'hosts');
    let now = 0;
    const read = createWatched(file, parseHosts, () => now);
    expect(read().size).toBe(0);
    writeFileSync(file, '10.0.0.1 a b');
    expect(read().size).toBe(0);
    now = 1_000;
    expect(read().get('b')).toEqual(['10.0.0.1']);
    rmSync(file);
    now = 2_000;
    expect(read().size).toBe(0);
  });
});

describe('Short names', () => {
  const conf = 'search shop.svc.cluster.local. svc.cluster.local\noptions ndots:5 timeout:1 attempts:9\n';

  test('are completed as glibc does, and are known by what completed them', async () => {
    const { resolver, server } = await resolving(
      ({ name }) => (name === 'api.shop.svc.cluster.local' ? { addresses: ['10.96.0.7'] } : { code: 'NXDOMAIN' }),
      { conf },
    );
    expect(await resolver.resolveOne('api', MACHINE)).toMatchObject({ name: 'api.shop.svc.cluster.local' });
    expect(await resolver.resolveOne('api.shop', MACHINE)).toMatchObject({ name: 'api.shop.svc.cluster.local' });
    expect(server.asked).toEqual(['A api.shop.svc.cluster.local', 'A api.shop.shop.svc.cluster.local']);
  });

  test('cost their search once for as long as what was found lives', async () => {
    const { find, server, clock } = await resolving(
      ({ name }) => (name === 'api.dev' ? { addresses: [PUBLIC], ttl: 60 } : { code: 'NXDOMAIN' }),
      { conf },
    );
    const searched = ['A api.dev.shop.svc.cluster.local', 'A api.dev.svc.cluster.local', 'A api.dev'];
    expect(await find('api.dev')).toBe(PUBLIC);
    clock.now = 59_999;
    expect(await find('api.dev')).toBe(`${PUBLIC} cached`);
    expect(server.asked).toEqual(searched);
    clock.now = 60_000;
    expect(await find('api.dev')).toBe(PUBLIC);
    expect(server.asked).toEqual([...searched, ...searched]);
  });

  test('are tried as they are first when they have dots enough', () => {
    const options = { search: ['corp'], ndots: 1 };
    expect(candidates('a.dev', options)).toEqual(['a.dev', 'a.dev.corp']);
    expect(candidates('a', options)).toEqual(['a.corp', 'a']);
    expect(candidates('a.', options)).toEqual(['a']);
  });

  test('need a file that is read as resolv.conf(5) says', () => {
    expect(parseResolvConf(`# none\nnameserver 10.0.0.2\nnameserver nonsense\n${conf}`)).toEqual({
      servers: ['10.0.0.2'],
      search: ['shop.svc.cluster.local', 'svc.cluster.local'],
      ndots: 5,
      timeoutMs: 1_000,
      tries: 5,
    });
    expect(parseResolvConf('')).toMatchObject({
      servers: ['127.0.0.1'],
      search: [],
      ndots: 1,
      timeoutMs: 2_000,
      tries: 2,
    });
  });
});

describe('The resolver of the system', () => {
  test('runs two at a time in the order of asking, shares equal names, and never holds up a name server', async () => {
    const running: string[] = [];
    const waiting = new Map<string, () => void>();
    const look = createSystemLookup(async (name) => {
      running.push(name);
      await new Promise<void>((resolve) => void waiting.set(name, resolve));
      return [PUBLIC];
    });
    const { find } = await resolving(() => ({ addresses: [PUBLIC] }), { system: look });
    const slow: Asked = { ip: 'prefer-v4', resolver: 'system' };
    const all = ['a.dev', 'b.dev', 'c.dev', 'a.dev'].map((name) => find(name, slow));
    expect(await find('fast.dev')).toBe(PUBLIC);
    expect(running).toEqual(['a.dev', 'b.dev']);
    waiting.get('b.dev')?.();
    await all[1];
    await expect.poll(() => running).toEqual(['a.dev', 'b.dev', 'c.dev']);
    waiting.get('a.dev')?.();
    waiting.get('c.dev')?.();
    expect(await Promise.all(all)).toEqual([PUBLIC, PUBLIC, PUBLIC, PUBLIC]);
  });

  test('that fails gives its turn on', async () => {
    const { find } = await resolving(() => ({}), {
      system: createSystemLookup(async (name) => {
        if (name.startsWith('no')) throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
        return ['2001:db8::1'];
      }),
    });
    const reach: Asked = { ip: 'prefer-v4', resolver: 'system' };
    expect(await Promise.all(['no1.dev', 'no2.dev', 'no3.dev'].map((name) => codeOf(find(name, reach))))).toEqual([
      'ENOTFOUND',
      'ENOTFOUND',
      'ENOTFOUND',
    ]);
    expect(await find('yes.dev', reach)).toBe('2001:db8::1');
  });
});
