// node bin/run.js test/chaos/store.ts 100: kills a writing store so many times, at random moments.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killLoop } from './store-kill.ts';

const rounds = Number(process.argv[2] ?? 20);
const dir = mkdtempSync(join(tmpdir(), 'nines-chaos-'));
const { acknowledged, faults } = await killLoop(dir, rounds, (round) =>
  round % 5 === 4 ? { after: 'start', ms: Math.random() * 600 } : { after: 'open', ms: Math.random() * 300 },
);
rmSync(dir, { recursive: true, force: true });
console.log(`${rounds} kills, ${acknowledged} acknowledged commits, ${faults.length} faults`);
for (const fault of faults.slice(0, 20)) console.log(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
