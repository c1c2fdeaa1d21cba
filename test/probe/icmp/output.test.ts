import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPing } from '../../../src/probe/icmp/output.ts';

// What iputils 20221126 and busybox 1.35 print with `-n -c 1`, in the C locale.
const IPUTILS = (reply: string, received = 1): string =>
  `PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.
${reply}
--- 192.0.2.1 ping statistics ---
1 packets transmitted, ${received} received, ${received ? 0 : 100}% packet loss, time 0ms
${received ? 'rtt min/avg/max/mdev = 0.072/0.072/0.072/0.000 ms\n' : '\n'}`;

const BUSYBOX = (reply: string, received = 1): string =>
  `PING 192.0.2.1 (192.0.2.1): 56 data bytes
${reply}
--- 192.0.2.1 ping statistics ---
1 packets transmitted, ${received} packets received, ${received ? 0 : 100}% packet loss
${received ? 'round-trip min/avg/max = 0.034/0.034/0.034 ms\n' : ''}`;

describe('A reply', () => {
  test.for([
    ['of iputils', IPUTILS('64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.072 ms\n'), 0.072, 64],
    [
      'of iputils over IPv6',
      'PING ::1(::1) 56 data bytes\n64 bytes from ::1: icmp_seq=1 ttl=255 time=12.3 ms\n',
      12.3,
      255,
    ],
    ['of iputils after a second', IPUTILS('64 bytes from 192.0.2.1: icmp_seq=1 ttl=52 time=1034 ms\n'), 1_034, 52],
    [
      'of iputils that came twice',
      IPUTILS(
        '64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=5.00 ms\n64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=9.00 ms (DUP!)\n',
      ),
      5,
      64,
    ],
    ['of iputils on a coarse clock', IPUTILS('64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time<1 ms\n'), 1, 64],
    [
      'of iputils with a wrong checksum ignored',
      IPUTILS('64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=1.50 ms\n'),
      1.5,
      64,
    ],
    ['of busybox', BUSYBOX('64 bytes from 192.0.2.1: seq=0 ttl=64 time=0.034 ms\n'), 0.034, 64],
    ['of busybox without a hop limit', BUSYBOX('64 bytes from 192.0.2.1: seq=0 time=0.100 ms\n'), 0.1, null],
  ] as const)('%s is read', ([, stdout, rttMs, hopLimit]) => {
    expect(readPing(stdout, '')).toEqual({ kind: 'reply', rttMs, hopLimit });
  });
});

test.for([
  ['of iputils', IPUTILS('', 0)],
  ['of busybox', BUSYBOX('', 0)],
] as const)('No reply %s is none', ([, stdout]) => {
  expect(readPing(stdout, '')).toEqual({ kind: 'none' });
});

test.for([
  [
    'by a router',
    IPUTILS('From 10.0.0.1 icmp_seq=1 Destination Host Unreachable\n', 0),
    '',
    'Destination Host Unreachable',
  ],
  ['by a rule', IPUTILS('From 10.0.0.1 icmp_seq=1 Packet filtered\n', 0), '', 'Packet filtered'],
  ['by iputils itself', '', 'ping: connect: Network is unreachable\n', 'Network is unreachable'],
  [
    'by busybox itself',
    'PING 192.0.2.1 (192.0.2.1): 56 data bytes\n',
    'ping: sendto: Network is unreachable\n',
    'Network is unreachable',
  ],
] as const)('A target that is unreachable %s says so', ([, stdout, stderr, why]) => {
  expect(readPing(stdout, stderr)).toEqual({ kind: 'unreachable', why });
});

test.for([
  [
    'iputils',
    '',
    'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\nping: => missing cap_net_raw+p capability or setuid?\n',
  ],
  ['older iputils', '', 'ping: socket: Operation not permitted\n'],
  ['busybox', 'PING 127.0.0.1 (127.0.0.1): 56 data bytes\n', 'ping: permission denied (are you root?)\n'],
] as const)('The lack of a right is told by %s', ([, stdout, stderr]) => {
  expect(readPing(stdout, stderr)).toEqual({ kind: 'not-permitted' });
});

test('Whatever is printed, reading it ends and blames nobody without a reason', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), fc.string({ maxLength: 400 }), (stdout, stderr) => {
      const { kind } = readPing(stdout, stderr);
      expect(['unreadable', 'not-permitted']).toContain(kind);
    }),
  );
});
