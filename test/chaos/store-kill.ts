import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openInlineSqlite } from '../../src/store/sqlite.ts';

const CHILD = join(import.meta.dirname, 'store-child.ts');

/** When to kill: so many ms after the start of the process, or after its store is open. */
export type Moment = { after: 'start' | 'open'; ms: number };

/** Runs the writer on `dir` and kills it with -9. Settles with the numbers it acknowledged. */
const runAndKill = (dir: string, first: number, { after, ms }: Moment): Promise<number[]> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [CHILD, dir, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: number[] = [];
    const killSoon = (): unknown => setTimeout(() => child.kill('SIGKILL'), ms);
    if (after === 'start') killSoon();
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      if (line !== 'open') acknowledged.push(Number(line));
      else if (after === 'open') killSoon();
    });
    lines.once('close', () => resolve(acknowledged));
  });

/** What is wrong in the directory: acknowledged commits that are not there, commits that are there by half. */
const faultsIn = async (dir: string, acknowledged: ReadonlySet<number>): Promise<string[]> => {
  // Opening proves both files (quick_check); a damaged one throws.
  const { nines, series, close } = openInlineSqlite(dir);
  const rows = await nines.read<{ id: string; entries: number; pages: number }>(
    `SELECT id, (SELECT COUNT(*) FROM timeline WHERE incident = incident.id) AS entries,
      (SELECT COUNT(*) FROM outbox WHERE incident = incident.id) AS pages FROM incident`,
  );
  const stray = await nines.read(
    `SELECT incident FROM outbox UNION SELECT incident FROM timeline EXCEPT SELECT id FROM incident`,
  );
  const [damage] = await series.read<{ quick_check: string }>('PRAGMA quick_check');
  await close();
  const stored = new Set(rows.map(({ id }) => id));
  return [
    ...[...acknowledged].filter((n) => !stored.has(`incident-${n}`)).map((n) => `lost: incident-${n}`),
    ...rows.filter(({ entries, pages }) => entries !== 2 || pages !== 1).map(({ id }) => `by half: ${id}`),
    ...stray.map((row) => `stray: ${JSON.stringify(row)}`),
    ...(damage?.quick_check === 'ok' ? [] : [`series.db: ${damage?.quick_check}`]),
  ];
};

/** Kills a writing store `rounds` times and looks after each whether it kept what it had acknowledged. */
export const killLoop = async (
  dir: string,
  rounds: number,
  moment: (round: number) => Moment,
): Promise<{ acknowledged: number; faults: string[] }> => {
  const acknowledged = new Set<number>();
  const faults: string[] = [];
  for (let round = 0; round < rounds && faults.length === 0; round++) {
    for (const n of await runAndKill(dir, round * 1_000_000, moment(round))) acknowledged.add(n);
    faults.push(...(await faultsIn(dir, acknowledged)));
  }
  return { acknowledged: acknowledged.size, faults };
};
