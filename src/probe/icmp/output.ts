/** What `ping` told of its one echo request. Times in ms. */
export type Echo =
  | { kind: 'reply'; rttMs: number; hopLimit: number | null }
  | { kind: 'unreachable'; why: string }
  | { kind: 'not-permitted' }
  | { kind: 'none' }
  | { kind: 'unreadable'; line: string };

// iputils: `64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.072 ms`, busybox: `seq=0` instead, three digits after the
// point. iputils leaves digits away the longer it took, and says `time<1 ms` on kernels with coarse clocks.
const REPLY = /^\d+ bytes from .*?\b(?:icmp_)?seq=\d+(?: ttl=(\d+))?.* time[=<](\d+(?:\.\d+)?) ms/m;
// `From 10.0.0.1 icmp_seq=1 Destination Host Unreachable`, of a router or of the machine itself.
const ROUTER = /^From \S+ (?:icmp_)?seq=\d+ (.+)$/m;
// iputils: `ping: connect: Network is unreachable`; busybox: `ping: sendto: Network is unreachable`.
const NO_WAY = /^ping6?: (?:connect|sendto|sendmsg): (.*unreachable|No route to host)$/im;
const NO_RIGHT = /Operation not permitted|Permission denied|are you root|missing cap_net_raw/i;
const SUMMARY = /^1 packets transmitted, 0 (?:packets )?received/m;

/** Reads the output of iputils' and busybox' ping in the C locale, asked for one echo request. */
export const readPing = (stdout: string, stderr: string): Echo => {
  const reply = REPLY.exec(stdout);
  if (reply) return { kind: 'reply', rttMs: Number(reply[2]), hopLimit: reply[1] ? Number(reply[1]) : null };
  const why = ROUTER.exec(stdout)?.[1] ?? NO_WAY.exec(stderr)?.[1];
  if (why !== undefined) return { kind: 'unreachable', why: why.trim() };
  if (NO_RIGHT.test(stderr)) return { kind: 'not-permitted' };
  if (SUMMARY.test(stdout)) return { kind: 'none' };
  return { kind: 'unreadable', line: (stderr.trim() || stdout.trim()).split('\n')[0] ?? '' };
};
