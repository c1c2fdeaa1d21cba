import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateFor, createAuthority } from '../probe/http/certificates.ts';
import { check, verdict } from '../probe/http/target.ts';
import { freePort, isLeftOut } from '../probe/real-server.ts';
import { TLS } from '../probe/target.ts';

const isThere = spawnSync('nginx', ['-v']).status === 0;

/** Settles when something listens there. */
const listens = async (port: number): Promise<void> => {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1' });
    const opened = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (opened) return;
  }
};

describe.skipIf(isLeftOut(isThere, 'nginx is not installed'))('a real nginx', () => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-real-nginx-'));
  let stop = async (): Promise<void> => {};
  let http = '';
  let https = '';
  let ca = '';

  beforeAll(async () => {
    const [plain, secure] = [await freePort(), await freePort()];
    const authority = await createAuthority();
    const pair = await certificateFor(authority, {
      name: 'localhost',
      from: new Date('2020-01-01'),
      to: new Date('2080-01-01'),
    });
    ca = authority.pem;
    mkdirSync(join(dir, 'tmp'));
    writeFileSync(join(dir, 'leaf.pem'), pair.cert);
    writeFileSync(join(dir, 'leaf.key'), pair.key);
    writeFileSync(join(dir, 'tmp', 'big.json'), JSON.stringify({ text: 'health '.repeat(20_000) }));
    const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (one) => `${one}_temp_path ${dir}/tmp/${one};`,
    );
    writeFileSync(
      join(dir, 'nginx.conf'),
      `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; pid ${dir}/pid; error_log stderr crit; events {}
       http { access_log off; ${kept.join(' ')} gzip on; gzip_types application/json; gzip_min_length 1;
         types { application/json json; }
         server { listen 127.0.0.1:${plain}; listen 127.0.0.1:${secure} ssl;
           ssl_certificate ${dir}/leaf.pem; ssl_certificate_key ${dir}/leaf.key;
           location = /ok { default_type application/json; return 200 '{"status":"up"}'; }
           location = /down { return 503; }
           location = /gone { return 444; }
           location = /moved { return 302 /ok; }
           location = /hsts { add_header Strict-Transport-Security "max-age=31536000; includeSubDomains"; return 200; }
           location = /busy { add_header Retry-After 30; return 429; }
           location = /big.json { root ${dir}/tmp; } } }`,
    );
    const nginx = spawn('nginx', ['-c', join(dir, 'nginx.conf'), '-p', dir], { stdio: 'ignore' });
    stop = async () => {
      nginx.kill();
      await once(nginx, 'exit');
    };
    await listens(plain);
    http = `http://127.0.0.1:${plain}`;
    https = `https://localhost:${secure}`;
  });
  afterAll(async () => {
    await stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('that answers passes, with its phases', async () => {
    const result = await check(`${http}/ok`, { assertions: [{ kind: 'json', path: 'status', equals: 'up' }] });
    expect(verdict(result)).toBe('pass ok: ');
    expect(Object.keys(result.phases)).toEqual(['connect', 'processing', 'transfer']);
  });

  test.for([
    ['/down', 'fail status: status was 503, expected 2xx'],
    ['/moved', 'pass ok: '],
    ['/missing', 'fail status: status was 404, expected 2xx'],
  ])('%s is %s', async ([path, expected]) => expect(verdict(await check(http + path))).toBe(expected));

  test('that hangs up without an answer is asked once, and told as what it is', async () => {
    expect(verdict(await check(`${http}/gone`))).toMatch(/^fail reset: .* closed the connection while waiting/);
  });

  test('that limits us is no outage', async () => {
    expect(await check(`${http}/busy`)).toMatchObject({ outcome: 'unknown', reason: 'limited' });
  });

  test('that compresses is read as it was meant', async () => {
    const assertions = [
      { kind: 'encoding', expected: 'gzip' },
      { kind: 'body', contains: 'health health' },
    ] as const;
    expect(verdict(await check(`${http}/big.json`, { compression: ['gzip'], assertions }))).toBe('pass ok: ');
  });

  test('with a certificate of an own authority is trusted with it, and only with it', async () => {
    const tls = { ...TLS, ca };
    const result = await check(`${https}/ok`, { tls });
    expect(verdict(result)).toBe('pass ok: ');
    expect(result.certificateExpiresAt).toBeGreaterThan(Date.now());
    expect((await check(`${https}/ok`)).reason).toBe('certificate-invalid');
    const hsts = { kind: 'hsts', maxAgeMs: 180 * 86_400_000, includeSubDomains: true, preload: false } as const;
    expect(verdict(await check(`${https}/hsts`, { tls, assertions: [hsts] }))).toBe('pass ok: ');
  });

  test('takes two thousand checks that leave nothing in TIME_WAIT on our side when they close by reset', async () => {
    const all = { passed: 0 };
    for (let round = 0; round < 40; round++) {
      const results = await Promise.all(Array.from({ length: 50 }, () => check(`${http}/ok`, { close: 'reset' })));
      all.passed += results.filter(({ outcome }) => outcome === 'pass').length;
    }
    expect(all.passed).toBe(2_000);
  });
});
