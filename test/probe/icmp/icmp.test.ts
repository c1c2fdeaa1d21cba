import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startDeadline } from '../../../src/probe/deadline.ts';
import { createIcmpProbe } from '../../../src/probe/icmp/index.ts';
import type { IcmpTarget } from '../../../src/probe/targets.ts';
import { REACH } from '../target.ts';
import { checking, said } from '../visit.ts';

const icmp = (host: string, more: Partial<IcmpTarget> = {}): IcmpTarget => ({
  kind: 'icmp',
  host,
  reach: REACH,
  assertions: [],
  degraded: [],
  ...more,
});

/** A folder of the test's own. */
const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'nines-icmp-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
};

/** A program in the place of `ping`; `$DIR` in its script is its folder. */
const program = async (script: string): Promise<{ path: string; dir: string }> => {
  const dir = await folder();
  const path = join(dir, 'ping');
  await writeFile(path, `#!/bin/sh\nDIR='${dir}'\n${script}\n`, { mode: 0o755 });
  return { path, dir };
};

const probeBy = (path: string) => checking(createIcmpProbe(undefined, path));

const REPLY = `echo "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.250 ms"`;

describe('An echo', () => {
  test('is asked for in numbers, in English, without a shell, and its round trip is the time of the check', async () => {
    const { path, dir } = await program(`echo "$LC_ALL|$*" >> "$DIR/args"\n${REPLY}`);
    const probe = probeBy(path);
    const result = await probe(icmp('127.0.0.1'), 1_500);
    expect(said(result)).toBe('pass ok: ');
    expect(result).toMatchObject({ durationMs: 0.25, address: '127.0.0.1', phases: { processing: 0.25 } });
    expect(result.facts).toMatchObject({ icmp_reply_hop_limit: 64 });
    await probe(icmp('[::1]'), 400);
    expect(await readFile(join(dir, 'args'), 'utf8')).toBe('C|-n -c 1 -W 2 -4 127.0.0.1\nC|-n -c 1 -W 1 -6 ::1\n');
  });

  test('goes to the address of a name that we looked up ourselves', async () => {
    const { path, dir } = await program(`echo "$*" >> "$DIR/args"\n${REPLY}`);
    const result = await probeBy(path)(icmp('localhost'));
    expect(said(result)).toBe('pass ok: ');
    expect(Object.keys(result.phases)).toEqual(['resolve', 'processing']);
    expect(await readFile(join(dir, 'args'), 'utf8')).toMatch(/ -4 127\.0\.0\.1\n$/);
  });

  test('that takes too long is judged by its own time', async () => {
    const { path } = await program(REPLY);
    const slow = { kind: 'response-time', belowMs: 0.1 } as const;
    expect((await probeBy(path)(icmp('127.0.0.1', { assertions: [slow] }))).reason).toBe('response-time');
    const fast = { kind: 'response-time', belowMs: 0.3 } as const;
    expect((await probeBy(path)(icmp('127.0.0.1', { assertions: [fast] }))).reason).toBe('ok');
  });

  test.for(['-f', '--help', '-c 100 192.0.2.1', '127.0.0.1; touch x'])(
    'is never asked of the host %j',
    async (host) => {
      const { path, dir } = await program('touch "$DIR/ran"');
      const { outcome } = await probeBy(path)(icmp(host));
      expect([outcome === 'pass', existsSync(join(dir, 'ran'))]).toEqual([false, false]);
    },
  );

  test('is not sent to a metadata address, unless that is allowed', async () => {
    const { path } = await program(REPLY);
    expect((await probeBy(path)(icmp('169.254.169.254'))).reason).toBe('address-refused');
    const allowed = icmp('169.254.169.254', { reach: { ...REACH, allow: ['metadata'] } });
    expect(said(await probeBy(path)(allowed))).toBe('pass ok: ');
  });
});

describe('Without an echo', () => {
  test.for([
    [
      'nobody answered',
      'echo "1 packets transmitted, 0 received, 100% packet loss, time 0ms"; exit 1',
      'fail timeout: 127.0.0.1 did not answer the echo request',
    ],
    [
      'a router said why',
      'echo "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable"; exit 1',
      'fail unreachable: 127.0.0.1 is unreachable: "Destination Host Unreachable"',
    ],
    [
      'ping may not send',
      'echo "ping: socket: Operation not permitted" >&2; exit 2',
      'unknown not-supported: ping may not send on this machine: set net.ipv4.ping_group_range to "0 2147483647", or give ping the capability cap_net_raw',
    ],
    [
      'ping says something new',
      'echo "ping: no such option" >&2; exit 2',
      'unknown internal: ping said nothing that is understood: "ping: no such option"',
    ],
    ['ping says nothing', 'exit 3', 'unknown internal: ping said nothing that is understood: ""'],
  ] as const)('%s', async ([, script, verdict]) => {
    const { path } = await program(script);
    expect(said(await probeBy(path)(icmp('127.0.0.1')))).toBe(verdict);
  });

  test('there is no ping at all, and the sentence says what to install', async () => {
    expect(said(await probeBy('/nowhere/ping')(icmp('127.0.0.1')))).toBe(
      'unknown not-supported: this machine has no ping program: install the package iputils-ping',
    );
  });

  test('ping prints without end', async () => {
    const { path } = await program('while :; do echo "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; done');
    expect((await probeBy(path)(icmp('127.0.0.1'))).outcome).toBe('unknown');
  });

  test('the name does not exist', async () => {
    const { path } = await program(REPLY);
    expect((await probeBy(path)(icmp('no-such-name.invalid'))).reason).toBe('dns');
  });
});

describe('The deadline', () => {
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  test.for(['passes', 'is cut by a stop'] as const)('%s, and the process is gone', async (how) => {
    const { path, dir } = await program('echo $$ > "$DIR/pid.new"; mv "$DIR/pid.new" "$DIR/pid"; exec sleep 100');
    const deadline = startDeadline(how === 'passes' ? 400 : 60_000);
    const checked = probeBy(path)(icmp('127.0.0.1'), 400, deadline);
    await expect.poll(() => existsSync(join(dir, 'pid'))).toBe(true);
    if (how !== 'passes') deadline.stop();
    expect((await checked).reason).toBe(how === 'passes' ? 'timeout' : 'paused');
    const pid = Number(await readFile(join(dir, 'pid'), 'utf8'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test('passes while 16 others run, and that is not blamed on the target', async () => {
    const { path, dir } = await program('echo x >> "$DIR/ran"; exec sleep 100');
    const probe = probeBy(path);
    const checks = Array.from({ length: 20 }, () => probe(icmp('127.0.0.1'), 1_000));
    const ran = join(dir, 'ran');
    await expect.poll(() => existsSync(ran) && readFileSync(ran, 'utf8').length, { interval: 10 }).toBe(32);
    const results = await Promise.all(checks);
    expect(Map.groupBy(results, said).size).toBe(2);
    const crowded = results.filter(({ outcome }) => outcome === 'unknown');
    expect(crowded.map(said)).toEqual(
      Array.from(
        { length: 4 },
        () => 'unknown internal: no room for another ping within the timeout: 16 of them ran at once',
      ),
    );
  });

  test('is met by those that wait when places become free', async () => {
    const { path } = await program(REPLY);
    const probe = probeBy(path);
    const results = await Promise.all(Array.from({ length: 40 }, () => probe(icmp('127.0.0.1'))));
    expect(new Set(results.map(said))).toEqual(new Set(['pass ok: ']));
  });
});
