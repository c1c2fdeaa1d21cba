import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { createPostgres, type PostgresServer } from '../real/postgres-server.ts';

const CHILD = join(import.meta.dirname, 'store-child.ts');

type Writer = { acknowledged: number[]; more(): Promise<void>; kill(): Promise<void> };

/** A process that commits numbers from `first` on; `more` settles when it has acknowledged another one. */
const startWriter = async (server: PostgresServer, first: number): Promise<Writer> => {
  const child = spawn(process.execPath, [CHILD, '', String(first)], {
    env: { ...process.env, DATABASE_URL: server.url() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const acknowledged: number[] = [];
  lines.on('line', (line) => line !== 'open' && acknowledged.push(Number(line)));
  const line = (): Promise<unknown> => {
    const ended = closed.then(() => {
      throw new Error('the writer ended by itself');
    });
    return Promise.race([once(lines, 'line'), ended]);
  };
  await line();
  return {
    acknowledged,
    more: async () => void (await line()),
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
};

/** What is wrong: acknowledged commits that are not there, commits that are there by half. */
const faultsIn = async (server: PostgresServer, acknowledged: ReadonlySet<number>): Promise<string[]> => {
  const rows =
    await server.admin(`SELECT id, (SELECT COUNT(*) FROM timeline WHERE incident = incident.id)::int AS entries,
    (SELECT COUNT(*) FROM outbox WHERE incident = incident.id)::int AS pages FROM incident`);
  const stray = await server.admin(
    'SELECT incident FROM outbox UNION SELECT incident FROM timeline EXCEPT SELECT id FROM incident',
  );
  const stored = new Set(rows.map(({ id }) => id));
  return [
    ...[...acknowledged].filter((n) => !stored.has(`incident-${n}`)).map((n) => `lost: incident-${n}`),
    ...rows.filter(({ entries, pages }) => entries !== 2 || pages !== 1).map(({ id }) => `by half: ${String(id)}`),
    ...stray.map((row) => `stray: ${JSON.stringify(row)}`),
  ];
};

/**
 * Kills in turn the server under a living writer, and the writer, each with -9 and at a random moment, and looks after
 * each round whether everything acknowledged is there. The ledger of what was acknowledged lives in this process.
 */
export const killPostgresLoop = async (rounds: number): Promise<{ acknowledged: number; faults: string[] }> => {
  const server = await createPostgres();
  const acknowledged = new Set<number>();
  const faults: string[] = [];
  let writer: Writer | null = null;
  try {
    for (let round = 0; round < rounds && faults.length === 0; round++) {
      const writing: Writer = writer ?? (await startWriter(server, round * 1_000_000));
      writer = writing;
      await writing.more();
      await wait(Math.random() * 400);
      if (round % 2 === 0) {
        await server.stop('SIGKILL');
        await server.start();
        await writing.more();
      } else {
        await writing.kill();
        writer = null;
      }
      for (const n of writing.acknowledged) acknowledged.add(n);
      faults.push(...(await faultsIn(server, acknowledged)));
    }
  } finally {
    await writer?.kill();
    await server.remove();
  }
  return { acknowledged: acknowledged.size, faults };
};
