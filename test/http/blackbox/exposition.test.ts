import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressHash, expositionOf, type Shown } from '../../../src/http/blackbox/exposition.ts';
import { hasPromtool, objections } from '../../metrics/promtool.ts';

const RESULT: Shown['result'] = {
  probe: 'probe/http_2xx',
  at: 0,
  durationMs: 120,
  outcome: 'pass',
  reason: 'ok',
  detail: '',
  status: 200,
  phases: { resolve: 1, connect: 2, tls: 5, processing: 100, transfer: 12 },
  certificateExpiresAt: 1_800_000_000_000,
  address: '192.0.2.1',
  degraded: false,
  attempts: 1,
  readings: {},
  lateMs: 0,
  stalledMs: 0,
  suspect: false,
};

const FACTS = {
  http_redirects: 1,
  http_ssl: 1,
  http_version: 1.1,
  http_content_length: -1,
  http_uncompressed_body_length: 12,
  failed_due_to_regex: 0,
  ssl_earliest_cert_expiry: 1_800_000_000,
  ssl_last_chain_expiry_timestamp_seconds: 1_800_000_000,
  ssl_last_chain_info_fingerprint_sha256: 'ab12',
  ssl_last_chain_info_subject: 'CN=shop "A"',
  ssl_last_chain_info_issuer: 'CN=R11',
  ssl_last_chain_info_subjectalternative: 'shop.example.org',
  ssl_last_chain_info_serialnumber: '01',
  tls_version_info: 'TLS 1.3',
  tls_cipher_info: 'TLS_AES_128_GCM_SHA256',
};

const shown = (more: Partial<Shown['result']> = {}, prober: Shown['prober'] = 'http'): string =>
  expositionOf({ prober, result: { ...RESULT, ...more }, success: true, timeoutMs: 9_500 });
const values = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('What a scrape is told', () => {
  test('of an https target is all that blackbox_exporter tells, sorted as it is there', () => {
    expect(values(shown({ facts: FACTS }))).toEqual([
      'probe_dns_lookup_time_seconds 0.001',
      'probe_duration_seconds 0.12',
      'probe_failed_due_to_regex 0',
      'probe_http_content_length -1',
      'probe_http_duration_seconds{phase="connect"} 0.002',
      'probe_http_duration_seconds{phase="processing"} 0.1',
      'probe_http_duration_seconds{phase="resolve"} 0.001',
      'probe_http_duration_seconds{phase="tls"} 0.005',
      'probe_http_duration_seconds{phase="transfer"} 0.012',
      'probe_http_redirects 1',
      'probe_http_ssl 1',
      'probe_http_status_code 200',
      'probe_http_uncompressed_body_length 12',
      'probe_http_version 1.1',
      'probe_ip_addr_hash 1969986452',
      'probe_ip_protocol 4',
      'probe_ssl_earliest_cert_expiry 1800000000',
      'probe_ssl_last_chain_expiry_timestamp_seconds 1800000000',
      'probe_ssl_last_chain_info{fingerprint_sha256="ab12",issuer="CN=R11",serialnumber="01",subject="CN=shop \\"A\\"",subjectalternative="shop.example.org"} 1',
      'probe_success 1',
      'probe_timeout_seconds 9.5',
      'probe_tls_cipher_info{cipher="TLS_AES_128_GCM_SHA256"} 1',
      'probe_tls_version_info{version="TLS 1.3"} 1',
    ]);
  });

  test('of a target that refused has no phase that did not happen, and no certificate', () => {
    const text = shown({ status: null, phases: { connect: 1 }, certificateExpiresAt: null, address: null });
    expect(text).toContain('probe_http_status_code 0\n');
    expect(text).toContain('probe_http_duration_seconds{phase="connect"} 0.001\n');
    expect(text).toContain('probe_http_duration_seconds{phase="resolve"} 0\n');
    expect(text).not.toMatch(/phase="(?:tls|processing|transfer)"|probe_ssl_|probe_tls_/);
  });

  test('of other kinds has their own names', () => {
    expect(values(shown({ phases: { resolve: 1, processing: 4 } }, 'icmp'))).toContain(
      'probe_icmp_duration_seconds{phase="rtt"} 0.004',
    );
    expect(values(shown({ phases: { connect: 1, tls: 2, processing: 4 } }, 'grpc'))).toContain(
      'probe_grpc_duration_seconds{phase="check"} 0.007',
    );
    expect(shown({}, 'tcp')).not.toContain('http');
  });

  test.skipIf(!hasPromtool)('is accepted by promtool', () => {
    // Its advice on names is for blackbox_exporter.
    const known = /probe_(?:ssl_last_chain_info|tls_version_info|tls_cipher_info)/;
    const lines = objections(shown({ facts: FACTS })).split('\n');
    expect(lines.filter((line) => line !== '' && !known.test(line))).toEqual([]);
  });
});

describe('The hash of an address', () => {
  test.for([
    ['192.0.2.1', '::ffff:192.0.2.1'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['2001:db8::', '2001:db8:0:0:0:0:0:0'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['fe80::1%eth0', 'fe80::1'],
  ] as const)('of %s is that of %s', ([one, other]) => expect(addressHash(one)).toBe(addressHash(other)));

  test('is 32 bits of anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const hash = addressHash(address);
        expect(Number.isInteger(hash) && hash >= 0 && hash <= 0xffffffff).toBe(true);
      }),
    );
  });
});
