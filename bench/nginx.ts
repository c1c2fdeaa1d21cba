import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/probe/real-server.ts';

/** A real nginx of our own: one worker, 83 bytes of JSON over HTTP and HTTPS (ECDSA P-256, own authority). */
export type Nginx = { http: string; https: string; ca: string; caFile: string; stop(): Promise<void> };

/** Settles when something listens there. */
export const listening = async (port: number): Promise<void> => {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1' });
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const openssl = (...args: string[]): void => {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};

const certificates = (dir: string): void => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    `${dir}/ca.key`,
    '-out',
    `${dir}/ca.pem`,
    '-days',
    '30',
    '-subj',
    '/CN=Bench CA',
  );
  openssl('req', ...key, '-keyout', `${dir}/leaf.key`, '-out', `${dir}/leaf.csr`, '-subj', '/CN=localhost');
  writeFileSync(`${dir}/leaf.ext`, 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const authority = ['-CA', `${dir}/ca.pem`, '-CAkey', `${dir}/ca.key`, '-CAcreateserial'];
  const leaf = ['-in', `${dir}/leaf.csr`, '-out', `${dir}/leaf.pem`, '-extfile', `${dir}/leaf.ext`];
  openssl('x509', '-req', ...leaf, ...authority, '-days', '30');
};

export const startNginx = async (): Promise<Nginx> => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-nginx-'));
  mkdirSync(join(dir, 'tmp'));
  certificates(dir);
  const [http, https] = [await freePort(), await freePort()];
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${dir}/tmp/${name};`)
    .join(' ');
  const body = JSON.stringify({
    status: 'healthy',
    checks: { database: 'up', cache: 'up' },
    version: '1.2.3',
    n: 12345678,
  });
  writeFileSync(
    join(dir, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${dir}/nginx.pid; error_log stderr crit;
     events { worker_connections 8192; }
     http { access_log off; ${temporary}
       server { listen 127.0.0.1:${http} backlog=8192; listen 127.0.0.1:${https} ssl backlog=8192;
         ssl_certificate ${dir}/leaf.pem; ssl_certificate_key ${dir}/leaf.key; ssl_protocols TLSv1.3; ssl_session_tickets off;
         location / { default_type application/json; return 200 '${body}'; } } }`,
  );
  const nginx = spawn('nginx', ['-c', join(dir, 'nginx.conf'), '-p', dir], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.on('exit', () => nginx.kill());
  await listening(http);
  return {
    http: `http://127.0.0.1:${http}/health`,
    https: `https://127.0.0.1:${https}/health`,
    ca: readFileSync(join(dir, 'ca.pem'), 'utf8'),
    caFile: join(dir, 'ca.pem'),
    stop: async () => {
      nginx.kill();
      await once(nginx, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
