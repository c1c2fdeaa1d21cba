// node bin/run.js test/chaos/store.ts 100 [--postgres]: kills a writing store so many times, at random moments; with
// --postgres in turn the server and the writer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killPostgresLoop } from './postgres-kill.ts';
import { killLoop } from './store-kill.ts';

const rounds = Number(process.argv[2] ?? 20);

const killSqlite = async (): Promise<{ acknowledged: number; faults: string[] }> => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-chaos-'));
  const told = await killLoop(dir, rounds, (round) =>
    round % 5 === 4 ? { after: 'start', ms: Math.random() * 600 } : { after: 'open', ms: Math.random() * 300 },
  );
  rmSync(dir, { recursive: true, force: true });
  return told;
};

const { acknowledged, faults } = await (process.argv.includes('--postgres') ? killPostgresLoop(rounds) : killSqlite());
console.log(`${rounds} kills, ${acknowledged} acknowledged commits, ${faults.length} faults`);
for (const fault of faults.slice(0, 20)) console.log(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
