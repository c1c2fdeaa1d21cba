import { describe, expect, test } from 'vitest';
import { hostOf } from '../../src/probe/host.ts';
import { limitsFor, openFilesIn, shareOf } from '../../src/probe/limits.ts';
import type { CheckTarget } from '../../src/probe/targets.ts';
import { target } from './http/target.ts';
import { REACH, TLS } from './target.ts';

describe('How many checks run at once', () => {
  test('is read from what the system says of this process', () => {
    const text = `Limit                     Soft Limit           Hard Limit           Units
Max processes             63432                63432                processes
Max open files            1024                 524288               files
`;
    expect(openFilesIn(text)).toBe(1_024);
    expect(openFilesIn('Max open files            unlimited            unlimited            files')).toBeNull();
  });

  test('is half of the files that may be open, and never more than 10,000', () => {
    expect(limitsFor(1_024)).toEqual({ total: 512, perHost: 250 });
    expect(limitsFor(100)).toEqual({ total: 50, perHost: 50 });
    expect(limitsFor(1)).toEqual({ total: 1, perHost: 1 });
    expect(limitsFor(1_000_000)).toEqual({ total: 10_000, perHost: 250 });
    expect(limitsFor(null)).toEqual({ total: 10_000, perHost: 250 });
  });

  test('is shared by the threads', () => {
    expect(shareOf(limitsFor(null), 4)).toEqual({ total: 2_500, perHost: 62 });
    expect(shareOf({ total: 1, perHost: 1 }, 4)).toEqual({ total: 1, perHost: 1 });
  });
});

const judged = { assertions: [], degraded: [] };
const door = { ...judged, reach: REACH, tls: TLS };
const address = 'smtp.example.org:587';

describe('Checks of one host and port are those with the same text for it', () => {
  test.for<[CheckTarget, string]>([
    [target('https://user:pa@ss@api.example.org:8443/health?x=@'), 'api.example.org:8443'],
    [target('http://[::1]:80/'), '[::1]:80'],
    [{ ...door, kind: 'tcp', address, secure: false, startTls: null, steps: [] }, address],
    [{ ...door, kind: 'tls', address, startTls: null }, address],
    [{ ...door, kind: 'grpc', address, secure: false, service: '' }, address],
    [{ ...door, kind: 'postgres', url: 'postgres://a:b@db:5432/shop', query: 'SELECT 1' }, 'db:5432'],
    [{ ...door, kind: 'redis', url: 'rediss://:b@cache:6379/0' }, 'cache:6379'],
    [{ ...judged, kind: 'dns', name: 'example.org', type: 'A', server: '1.1.1.1' }, '1.1.1.1'],
    [{ ...judged, kind: 'dns', name: 'example.org', type: 'A', server: null }, 'the name servers of this machine'],
    [{ ...judged, reach: REACH, kind: 'icmp', host: 'gateway' }, 'gateway'],
  ])('%j', ([check, host]) => {
    expect(hostOf(check)).toBe(host);
  });
});
