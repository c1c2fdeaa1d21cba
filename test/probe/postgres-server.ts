import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort, isLeftOut, untilSaid } from './real-server.ts';

// Debian keeps the server's programs away from the path.
const folder = [18, 17, 16, 15, 14, 13]
  .map((version) => `/usr/lib/postgresql/${version}/bin`)
  .find((place) => existsSync(join(place, 'postgres')));

export const isMissing = isLeftOut(folder !== undefined, 'there is no postgres in /usr/lib/postgresql/*/bin');

export type PostgresServer = {
  port: number;
  /** As the superuser `nines`, on a connection of its own. */
  admin(sql: string): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
};

/** It refuses to run as root: then it runs as nobody. */
const owner = (): { uid: number; gid: number } | Record<string, never> => {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
};

const SUPERUSER_PASSWORD = 'of-the-superuser';

const run = (program: string, words: readonly string[], dir: string): void => {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', PGPASSWORD: SUPERUSER_PASSWORD };
  const done = spawnSync(join(folder ?? '', program), words, { ...owner(), cwd: dir, encoding: 'utf8', env });
  if (done.status !== 0) throw new Error(`${program} failed: ${done.error?.message ?? done.stderr}`);
};

/** The files of a new server, with SCRAM passwords; gives the data folder. */
const create = (dir: string): string => {
  const as = owner();
  const password = join(dir, 'password');
  writeFileSync(password, SUPERUSER_PASSWORD);
  if (as.uid !== undefined) for (const path of [dir, password]) chownSync(path, as.uid, as.gid);
  const data = join(dir, 'data');
  run(
    'initdb',
    ['-D', data, '-U', 'nines', '--auth=scram-sha-256', `--pwfile=${password}`, '--no-sync', '--no-instructions'],
    dir,
  );
  return data;
};

const launch = async (
  dir: string,
  data: string,
  settings: Readonly<Record<string, string>>,
  forget: () => void,
): Promise<PostgresServer> => {
  const port = await freePort();
  const words = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    ...settings,
  };
  const flags = Object.entries(words).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(folder ?? '', 'postgres'), ['-D', data, ...flags], {
    ...owner(),
    cwd: dir,
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  await untilSaid(child, child.stderr, /database system is ready to accept (?:read-only )?connections/);
  return {
    port,
    admin: async (sql) => {
      const login = { user: 'nines', password: SUPERUSER_PASSWORD, database: 'postgres' };
      const client = new Client({ host: '127.0.0.1', port, ...login });
      await client.connect();
      try {
        await client.query(sql);
      } finally {
        await client.end();
      }
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGINT');
      await exited;
      forget();
    },
  };
};

/** A private server on 127.0.0.1. `tls` are PEM texts. */
export const startPostgres = async (
  settings: Readonly<Record<string, string>> = {},
  tls: { cert: string; key: string } | null = null,
): Promise<PostgresServer> => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-postgres-'));
  const data = create(dir);
  const as = owner();
  for (const [name, text] of Object.entries(tls ?? {})) {
    const file = join(data, `server.${name}`);
    writeFileSync(file, text);
    chmodSync(file, 0o600);
    if (as.uid !== undefined) chownSync(file, as.uid, as.gid);
  }
  const secure = tls ? { ssl: 'on', ssl_cert_file: 'server.cert', ssl_key_file: 'server.key' } : {};
  return launch(dir, data, { ...secure, ...settings }, () => rmSync(dir, { recursive: true, force: true }));
};

/** A standby that streams from a running server. */
export const startStandby = async (primary: PostgresServer): Promise<PostgresServer> => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-postgres-'));
  const as = owner();
  if (as.uid !== undefined) chownSync(dir, as.uid, as.gid);
  const data = join(dir, 'data');
  const from = `host=127.0.0.1 port=${primary.port} user=nines password=${SUPERUSER_PASSWORD}`;
  run('pg_basebackup', ['-D', data, '-d', from, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'], dir);
  return launch(dir, data, {}, () => rmSync(dir, { recursive: true, force: true }));
};
