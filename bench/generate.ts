// Files to files: definitions of 10,000 SLOs in 100 systems → rules, rule tests, dashboards and configuration on disk.
// node bin/run.js bench/generate.ts [SYSTEMS] [SLOS]   Goal: under 2 s CPU and 200 MB. Run as `nines generate` is.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [systems = 100, slos = 100] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'nines-bench-generate-'));
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
const POLICIES = `apiVersion: nines/v1
kind: Policies
channels: [{ id: console, kind: console }]
policies:
  - id: standard
    name: Standard
    critical: { levels: [{ level: 2, after: 2m, channels: [console] }] }
    warning: { levels: [{ level: 2, after: 2m, channels: [console] }] }
`;

const definitions = join(folder, 'slo');
mkdirSync(definitions);
writeFileSync(join(definitions, 'policies.yaml'), POLICIES);
for (let index = 0; index < systems; index++) writeFileSync(join(definitions, `system-${index}.yaml`), system(index));

const measured = (args: readonly string[]): string => {
  const run = spawnSync(
    '/usr/bin/env',
    ['bash', '-c', 'TIMEFORMAT="%U %S"; time "$@"', 'bash', process.execPath, 'bin/nines.js', ...args],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const [user = 0, kernel = 0] = (run.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (run.status !== 0) throw new Error(run.stderr);
  return `${(user + kernel).toFixed(2)} s CPU`;
};
const sizeOf = (path: string): number =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, name) => sum + statSync(join(path, name)).size,
    0,
  );

try {
  const out = join(folder, 'out');
  for (const only of ['rules', 'dashboards', '']) {
    const args = ['generate', '--config', definitions, '--out', `${out}-${only || 'all'}`];
    const said = measured(only ? [...args, '--only', only] : args);
    console.log(
      `${systems * slos} SLOs, ${(only || 'everything').padEnd(10)} ${said}, ${(sizeOf(`${out}-${only || 'all'}`) / 1e6).toFixed(0)} MB`,
    );
  }
  console.log(`check alone ${measured(['check', '--config', definitions])}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
