import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { freePort } from '../probe/real-server.ts';

// Debian keeps the server's programs away from the path.
const DEBIAN = [18, 17, 16, 15, 14, 13].map((version) => `/usr/lib/postgresql/${version}/bin`);
const folder = [...(process.env['PATH'] ?? '').split(delimiter), ...DEBIAN].find(
  (place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')),
);
const isRequired = process.env['CI'] === 'true' || process.env['NINES_REQUIRE_REAL'] === '1';

/** Where continuous integration runs it must be there; elsewhere its tests are shown as skipped. */
export const isMissing = folder === undefined && !isRequired;
if (isMissing) console.log('skipped: initdb and postgres are neither in PATH nor in /usr/lib/postgresql/*/bin');

export type Settings = Readonly<Record<string, string>>;

/** A private server in a directory of its own, with a superuser `nines` who needs no password. */
export type PostgresServer = {
  host: string;
  port: number;
  /** The database `postgres`; with a schema, tables go there. */
  url(options?: { schema?: string; user?: string; password?: string; database?: string }): string;
  /** As the superuser, on a connection of its own. */
  admin(sql: string): Promise<Record<string, unknown>[]>;
  /** The signal is SIGINT (fast) unless named; SIGKILL goes to all its processes. Settles when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(settings?: Settings): Promise<void>;
  /** Puts a file beside its data, for its eyes only. */
  put(name: string, text: string): void;
  /** Stops it and removes the directory. */
  remove(): Promise<void>;
};

/** The server refuses to run as root: then it runs as nobody. */
const owner = (): { uid: number; gid: number } | Record<string, never> => {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
};

/** Linux only, proc(5). */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

const endNow = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has noticed by itself.
  }
};

// A standby adds "read-only".
const READY = /database system is ready to accept (?:read-only )?connections/;

/** Makes a server and starts it on 127.0.0.1. */
export const createPostgres = async (
  settings: Settings = {},
  initdb: readonly string[] = [],
): Promise<PostgresServer> => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-postgres-'));
  const as = owner();
  if (as.uid !== undefined) chownSync(dir, as.uid, as.gid);
  const data = join(dir, 'data');
  const environment = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const options = { ...as, cwd: dir, env: environment, encoding: 'utf8' } as const;
  const program = (name: string): string => join(folder ?? '', name);
  const made = spawnSync(
    program('initdb'),
    ['-D', data, '-U', 'nines', '--auth=trust', '--no-sync', '--no-instructions', '-E', 'UTF8', ...initdb],
    options,
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  const port = await freePort();
  let running: ChildProcess | null = null;
  let given = settings;

  const launch = async (): Promise<boolean> => {
    const words = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '', ...given };
    const flags = Object.entries(words).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(program('postgres'), ['-D', data, ...flags], {
      ...as,
      cwd: dir,
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      said.push(line);
      if (!READY.test(line)) continue;
      child.stderr.resume();
      running = child;
      return true;
    }
    // What a killed server leaves behind goes away by itself, a moment later.
    if (said.some((line) => /pre-existing shared memory block|lock file .* already exists/.test(line))) return false;
    throw new Error(`postgres did not start:\n${said.join('\n')}`);
  };
  const start = async (changed: Settings = given): Promise<void> => {
    given = changed;
    for (const until = Date.now() + 20_000; !(await launch());)
      if (Date.now() > until) throw new Error('postgres did not start again within 20 s');
  };
  const stop = async (signal: NodeJS.Signals = 'SIGINT'): Promise<void> => {
    const child = running;
    running = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    // Killed, it cannot end its own processes: for a moment they would go on answering.
    const ownProcesses = signal === 'SIGKILL' ? childrenOf(child.pid ?? 0) : [];
    const exited = once(child, 'exit');
    child.kill(signal);
    for (const pid of ownProcesses) endNow(pid);
    await exited;
  };
  const remove = async (): Promise<void> => {
    await stop('SIGQUIT');
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  const orphaned = (): unknown => running?.kill('SIGQUIT');
  process.once('exit', orphaned);

  const url: PostgresServer['url'] = ({ schema, user = 'nines', password, database = 'postgres' } = {}) => {
    const who = password === undefined ? user : `${user}:${encodeURIComponent(password)}`;
    const path = schema === undefined ? '' : `?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
    return `postgres://${who}@127.0.0.1:${port}/${database}${path}`;
  };

  try {
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    host: '127.0.0.1',
    port,
    url,
    admin: async (sql) => {
      const client = new Client({ connectionString: url() });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    },
    stop,
    start,
    put: (name, text) => {
      const file = join(data, name);
      writeFileSync(file, text, { mode: 0o600 });
      if (as.uid !== undefined) chownSync(file, as.uid, as.gid);
    },
    remove: async () => {
      process.off('exit', orphaned);
      await remove();
    },
  };
};
