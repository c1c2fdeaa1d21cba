// Files to files: definitions of 10,000 SLOs in 100 systems → rules, rule tests, dashboards and configuration on disk.
// node bin/run.js bench/generate.ts [SYSTEMS] [SLOS]   Goal: under 2 s CPU and 200 MB. Run as `nines generate` is.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONSOLE_POLICIES } from '../test/harness/definitions.ts';

const [systems = 100, slos = 100] = process.argv.slice(2).map(Number);
const slo = (index: number): string => `      - id: availability-${index}
        name: Availability ${index}
        objective: 99.9
        window: 30d
        indicator: { kind: probe, probes: [health] }
`;
const system = (index: number): string => `apiVersion: nines/v1
kind: System
id: system-${index}
name: System ${index}
services:
  - id: api
    name: API
    policy: standard
    probes:
      - { id: health, kind: http, url: 'https://api.example.org/health', every: 10s, timeout: 5s }
    slos:
${Array.from({ length: slos }, (_, number) => slo(number)).join('')}`;
// What the definitions themselves would be refused for.
const largest = Buffer.byteLength(system(systems));
if (largest > 1024 * 1024) {
  console.error(
    `${slos} SLOs in one system are a file of ${(largest / 1e6).toFixed(1)} MB, and Nines reads 1 MiB: take more systems.`,
  );
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'nines-bench-generate-'));
const definitions = join(folder, 'slo');
mkdirSync(definitions);
writeFileSync(join(definitions, 'policies.yaml'), CONSOLE_POLICIES);
for (let index = 0; index < systems; index++) writeFileSync(join(definitions, `system-${index}.yaml`), system(index));

// Says at its end what it took: CPU of all its threads, and the most memory it held.
const METER = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from 'node:fs';
   process.on('exit', () => {
     const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
     writeSync(2, '\\n' + JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, rss: maxRSS / 1024 }));
   });`,
)}`;
type Taken = { cpu: number; rss: number };
const once = (args: readonly string[]): Taken => {
  const run = spawnSync(process.execPath, ['--import', METER, 'bin/nines.js', ...args], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stderr.trim().split('\n').at(-1) ?? '') as Taken;
};
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
/** The median of three; `prepare` before each. */
const measured = (args: readonly string[], prepare = (): void => {}): string => {
  const taken = [1, 2, 3].map(() => (prepare(), once(args)));
  return `${median(taken.map(({ cpu }) => cpu)).toFixed(2)} s CPU, ${median(taken.map(({ rss }) => rss)).toFixed(0)} MB RSS`;
};
const sizeOf = (path: string): number =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, name) => sum + statSync(join(path, name)).size,
    0,
  );

try {
  for (const only of ['rules', 'rule-tests', 'dashboards', '']) {
    const out = join(folder, `out-${only || 'all'}`);
    const args = ['generate', '--config', definitions, '--out', out, ...(only ? ['--only', only] : [])];
    const said = measured(args, () => rmSync(out, { recursive: true, force: true }));
    console.log(
      `${systems * slos} SLOs, ${(only || 'everything').padEnd(10)} ${said}, ${(sizeOf(out) / 1e6).toFixed(0)} MB`,
    );
    if (!only) console.log(`nothing changed since: ${measured(args)}`);
  }
  console.log(`check alone ${measured(['check', '--config', definitions])}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
