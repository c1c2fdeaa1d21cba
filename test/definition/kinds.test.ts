import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { POLICIES, catalogOf, linesOf, shopWith } from './documents.ts';

const BEFORE = '      - id: nightly\n';

/** What is said about the shop with one more probe of these lines, by line and column within the probe. */
const saidOf = (lines: string, secrets?: Record<string, string>): string[] => {
  const probe = lines.replace(/^(?=.)/gm, '      ');
  const first = shopWith(BEFORE, BEFORE).split('\n').indexOf(BEFORE.trimEnd()) + 1;
  const said = linesOf(
    { 'slo/shop.yaml': shopWith(BEFORE, `${probe}\n${BEFORE}`), 'slo/policies.yaml': POLICIES },
    secrets,
  );
  return said.map((line) =>
    line.replace(
      /^slo\/shop\.yaml:(\d+):(\d+)/,
      (_, row: string, column: string) => `${Number(row) - first + 1}:${Number(column) - 6}`,
    ),
  );
};

const TCP = '- id: extra\n  kind: tcp\n  address: db.example.org:5432\n';
const TLS = '- id: extra\n  kind: tls\n  address: "[2001:db8::1]:443"\n';
const DNS = '- id: extra\n  kind: dns\n  name: example.org\n';
const GRPC = '- id: extra\n  kind: grpc\n  address: api.example.org:443\n';
const ICMP = '- id: extra\n  kind: icmp\n  host: gateway.example.org\n';

const UNKNOWN = (kind: string, key: string, known: string): string =>
  `${key} is nothing that ${kind} probes know; they know ${known}`;

describe('A probe of', () => {
  test.for<[what: string, text: string, ...said: string[]]>([
    ['tcp as small as can be', TCP],
    [
      'tcp without a port',
      TCP.replace(':5432', ''),
      '3:12 address must be host:port such as db.example.org:5432, got "db.example.org"',
    ],
    [
      'tcp with a port that is none',
      TCP.replace('5432', '70000'),
      '3:12 address must be host:port such as db.example.org:5432, got "db.example.org:70000"',
    ],
    [
      'tcp with a URL',
      TCP.replace('db.', 'http://db.'),
      '3:12 address must be host:port such as db.example.org:5432, got "http://db.example.org:5432"',
    ],
    [
      'tcp with an address that looks like an option',
      TCP.replace('db.', '-db.'),
      '3:12 address must be host:port such as db.example.org:5432, got "-db.example.org:5432"',
    ],
    ['tcp with an empty step', `${TCP}  steps:\n    - { }\n`, '5:7 a step needs send, expect or both'],
    [
      'tcp with an expectation that is no pattern',
      `${TCP}  steps:\n    - { expect: "(" }\n`,
      '5:17 expect must be a regular expression: unterminated group',
    ],
    [
      'tcp that is secure twice',
      `${TCP}  secure: true\n  startTls: smtp\n`,
      '5:3 startTls begins in plain text, so leave secure out',
    ],
    [
      'tcp with an assertion of http',
      `${TCP}  assert:\n    - status: 200\n`,
      `5:7 ${UNKNOWN('tcp', 'status', 'responseTime')}`,
    ],
    [
      'tcp in plain text with a certificate',
      `${TCP}  degraded:\n    - certificate: 7d\n`,
      `5:7 ${UNKNOWN('tcp', 'certificate', 'responseTime')}`,
    ],
    ['tcp over TLS with a certificate', `${TCP}  secure: true\n  assert:\n    - certificate: 7d\n`],
    [
      'tls with all it knows',
      `${TLS}  assert:\n    - certificate: 7d\n    - issuer: { contains: Example }\n    - minVersion: "1.2"\n    - refuses: ["1.0", "1.1"]\n  degraded:\n    - responseTime: 1s\n`,
    ],
    [
      'tls that must refuse all',
      `${TLS}  assert:\n    - refuses: ["1.2", "1.3"]\n`,
      '5:7 refuses must leave 1.2 or 1.3, or no handshake can succeed',
    ],
    [
      'tls with an assertion of dns',
      `${TLS}  assert:\n    - code: NOERROR\n`,
      `5:7 ${UNKNOWN('tls', 'code', 'certificate, issuer, minVersion, refuses or responseTime')}`,
    ],
    [
      'dns with all it knows',
      `${DNS}  server: 1.1.1.1\n  assert:\n    - answers: { include: [192.0.2.1], atLeast: 1 }\n    - code: NOERROR\n    - reading: { name: answers, above: 0 }\n    - responseTime: 1s\n`,
    ],
    ['dns at a server with a port', `${DNS}  server: "[2001:db8::53]:5353"\n`],
    [
      'dns at a server that is none',
      `${DNS}  server: https://dns.example.org\n`,
      '4:11 server must be a name server such as 1.1.1.1 or ns1.example.org:5353, got "https://dns.example.org"',
    ],
    [
      'dns for a name that is none',
      DNS.replace('example.org', 'https://example.org/'),
      '3:9 name must be a name such as example.org, got "https://example.org/"',
    ],
    ['dns for the name of an address', `${DNS.replace('example.org', '"2001:db8::1"')}  type: PTR\n`],
    [
      'dns with a demand for nothing',
      `${DNS}  assert:\n    - answers: {}\n`,
      '5:7 answers needs include, equal, matches or atLeast',
    ],
    [
      'dns with a pattern that is none',
      `${DNS}  assert:\n    - answers: { matches: "[" }\n`,
      '5:27 matches must be a regular expression: unterminated character class',
    ],
    [
      'dns with a reading of SOA',
      `${DNS}  assert:\n    - reading: { name: serial, above: 1 }\n`,
      '5:24 name serial is no reading of a dns probe for A; there is answers',
    ],
    [
      'dns with a reading without bounds',
      `${DNS}  type: SOA\n  assert:\n    - reading: { name: serial }\n`,
      '6:7 reading needs below, above or equals beside its name',
    ],
    ['grpc with a service', `${GRPC}  service: shop.v1.Orders\n  secure: true\n  assert:\n    - certificate: 7d\n`],
    [
      'grpc in plain text with a certificate',
      `${GRPC}  assert:\n    - certificate: 7d\n`,
      `5:7 ${UNKNOWN('grpc', 'certificate', 'responseTime')}`,
    ],
    [
      'grpc without a port',
      GRPC.replace(':443', ''),
      '3:12 address must be host:port such as db.example.org:5432, got "api.example.org"',
    ],
    ['icmp as small as can be', ICMP],
    ['icmp of an IPv6 address', ICMP.replace('gateway.example.org', '"2001:db8::1"')],
    [
      'icmp with a port',
      ICMP.replace('.org', '.org:80'),
      '3:9 host must be a name or an address without a port, got "gateway.example.org:80"',
    ],
    [
      'icmp of an option',
      ICMP.replace('gateway', '-f'),
      '3:9 host must be a name or an address without a port, got "-f.example.org"',
    ],
    [
      'icmp with an assertion of tls',
      `${ICMP}  assert:\n    - refuses: ["1.0"]\n`,
      `5:7 ${UNKNOWN('icmp', 'refuses', 'responseTime')}`,
    ],
  ])('%s', ([, text, ...said]) => {
    expect(saidOf(text)).toEqual(said);
  });

  test('an address that a reference holds is judged when it is known', () => {
    expect(saidOf(TCP.replace('db.example.org:5432', '${env:SHOP_TOKEN}'))).toEqual([]);
  });
});

const KINDS = ['tcp', 'tls', 'dns', 'grpc', 'icmp'];

/** The examples of a section of docs/probes.md. */
const examplesOf = (kind: string): string[] => {
  const [, section = ''] = readFileSync('docs/probes.md', 'utf8').split(`\n## ${kind}\n`);
  return Array.from(section.split('\n## ')[0]?.matchAll(/```yaml\n([\s\S]*?)```/g) ?? [], (match) => match[1] ?? '');
};

describe('docs/probes.md', () => {
  test.for(KINDS)('shows how %s is written, and that loads without a word', (kind) => {
    const examples = examplesOf(kind);
    expect(examples.length).toBeGreaterThan(0);
    const secrets = new Proxy<Record<string, string>>({}, { get: () => 'set' });
    for (const example of examples) {
      expect([example, saidOf(example, secrets)]).toEqual([example, []]);
      const probe = example.replace(/^(?=.)/gm, '      ');
      const texts = { 'slo/shop.yaml': shopWith(BEFORE, `${probe}\n${BEFORE}`), 'slo/policies.yaml': POLICIES };
      const kinds = [...catalogOf(texts, secrets).probes.values()].map((one) => one.kind);
      expect(kinds).toContain(kind);
    }
  });
});
