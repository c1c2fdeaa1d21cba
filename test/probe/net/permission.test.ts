import { describe, expect, test } from 'vitest';
import { isForbiddenAddress, isPrivateAddress, isPrivateName } from '../../../src/probe/net/addresses.ts';
import { refusalOf, type Visit } from '../../../src/probe/net/permission.ts';

const PUBLIC = '93.184.216.34';

const visit = (more: Partial<Visit>): Visit => {
  const host = more.host ?? 'api.shop.dev';
  return {
    host,
    place: `${host}:80`,
    address: PUBLIC,
    literal: false,
    name: host,
    local: false,
    allow: [],
    sentBy: null,
    ...more,
  };
};

const judged = (more: Partial<Visit>): string => {
  const refusal = refusalOf(visit(more));
  return refusal ? `${refusal.reason}: ${refusal.detail}` : 'visited';
};

describe('Addresses', () => {
  test.for([
    '169.254.169.254', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::169.254.169.254', '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1', '::169.254.169.254', 'fe80::1%eth0', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16',
    '192.0.0.192', '0.0.0.0', '::', '::ffff:0.0.0.0',
  ])('%s is link-local, metadata or no host', (address) => expect(isForbiddenAddress(address)).toBe(true)); // prettier-ignore

  test.for([
    '127.0.0.1', '10.0.0.5', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.127.255.255', '::1',
    'fd12::1', 'fc00::1', 'fec0::1', '::ffff:10.0.0.1', '::ffff:7f00:1', '64:ff9b::10.0.0.1', '64:ff9b:1::1', '2002:a00:1::1',
    '2002:c0a8:101:1::1',
  ])('%s is private', (address) => {
    expect([isPrivateAddress(address), isForbiddenAddress(address)]).toEqual([true, false]);
  }); // prettier-ignore

  test.for([
    PUBLIC, '172.32.0.1', '100.128.0.1', '2001:db8::1', '2606:2800::1', '::ffff:93.184.216.34', '64:ff9b::5db8:d822',
    '2002:5db8:d822::1', '11.0.0.1',
  ])('%s is neither', (address) => {
    expect([isPrivateAddress(address), isForbiddenAddress(address)]).toEqual([false, false]);
  }); // prettier-ignore
});

test.for([
  ['db', true], ['printer.local', true], ['api.shop.svc', true], ['a.svc.cluster.local', true], ['x.internal.', true],
  ['router.home.arpa', true], ['API.CORP', true], ['a.example', true], ['api.example.com', false], ['local.dev', false],
  ['notlocal', true], ['example.notlocal', false],
] as const)('the name %s is private: %s', ([name, isPrivate]) => expect(isPrivateName(name)).toBe(isPrivate)); // prettier-ignore

describe('A name or an address in the definition', () => {
  const PRIVATE_SENTENCE =
    'address-refused: api.shop.dev leads to 10.0.0.5, a private address; write `allow: [private]` if that is meant';

  test.for<[Partial<Visit>, string]>([
    [{}, 'visited'],
    [{ address: '10.0.0.5' }, PRIVATE_SENTENCE],
    [{ address: '10.0.0.5', allow: ['private'] }, 'visited'],
    [{ address: '10.0.0.5', local: true }, 'visited'],
    [{ address: '10.0.0.5', host: 'api.shop', name: 'api.shop.svc.cluster.local' }, 'visited'],
    [{ address: '10.0.0.5', host: '10.0.0.5', literal: true }, 'visited'],
    [{ address: '127.0.0.1', host: 'localhost' }, 'visited'],
    [
      { address: '169.254.169.254', host: 'localhost', local: true },
      'address-refused: localhost leads to 169.254.169.254, a link-local or metadata address; write `allow: [metadata]` if that is meant',
    ],
    [
      { address: '169.254.169.254', host: '169.254.169.254', literal: true, allow: ['private'] },
      'address-refused: 169.254.169.254 is a link-local or metadata address; write `allow: [metadata]` if that is meant',
    ],
    [{ address: '169.254.169.254', allow: ['metadata'] }, 'visited'],
  ])('%j: %s', ([more, said]) => expect(judged(more)).toBe(said));
});

describe('A redirect', () => {
  test.for<[Partial<Visit>, string]>([
    [{ sentBy: PUBLIC }, 'visited'],
    [{ sentBy: PUBLIC, address: '10.0.0.5' }, 'redirect-refused: a redirect led from a public address to api.shop.dev:80 (10.0.0.5), a private one'],
    [{ sentBy: PUBLIC, address: '10.0.0.5', host: 'db', name: 'db' }, 'redirect-refused: a redirect led from a public address to db:80 (10.0.0.5), a private one'],
    [{ sentBy: PUBLIC, address: '127.0.0.1', host: '127.0.0.1', literal: true }, 'redirect-refused: a redirect led from a public address to 127.0.0.1:80, a private one'],
    [{ sentBy: '10.0.0.4', address: '10.0.0.5' }, 'visited'],
    [{ sentBy: PUBLIC, address: '10.0.0.5', allow: ['private'] }, 'visited'],
    [{ sentBy: '10.0.0.4', address: '169.254.1.1' }, 'redirect-refused: a redirect led to api.shop.dev:80, a link-local or metadata address'],
  ])('%j: %s', ([more, said]) => expect(judged(more)).toBe(said)); // prettier-ignore
});
