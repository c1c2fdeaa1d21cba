import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PER_FILE = 500;

const POLICIES = `apiVersion: nines/v1
kind: Policies
channels: [{ id: console, kind: console }]
policies:
  - id: quiet
    name: Quiet
    critical: { levels: [{ level: 2, after: 1h, channels: [console] }] }
    warning: { levels: [{ level: 2, after: 1h, channels: [console] }] }
`;

/** A folder of definitions: `probes` HTTP probes of `url`, the first `slos` of them with an objective. */
export const writeDefinitions = (probes: number, slos: number, url: string, every: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-bench-'));
  writeFileSync(join(folder, 'policies.yaml'), POLICIES);
  for (let first = 0; first < probes; first += PER_FILE) {
    const services = Array.from({ length: Math.min(PER_FILE, probes - first) }, (_, index) => {
      const number = first + index;
      const slo = `\n    slos: [{ id: up, name: Up, objective: 99.9, window: 30d, indicator: { kind: probe, probes: [p] } }]`;
      return `  - id: s${number}\n    name: S\n    policy: quiet\n    probes: [{ id: p, kind: http, url: '${url}/${number}', every: ${every}, timeout: 5s }]${number < slos ? slo : ''}`;
    });
    const file = `apiVersion: nines/v1\nkind: System\nid: bench-${first}\nname: Bench\nservices:\n${services.join('\n')}\n`;
    writeFileSync(join(folder, `bench-${first}.yaml`), file);
  }
  return folder;
};
