// CPU per 1,000 probes beside Debian's blackbox_exporter, interleaved: node bin/run.js bench/blackbox.ts [ROUNDS]
// Both visit the same nginx on loopback. CPU is that of the prober's process alone, all its threads.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeDefinitions } from './definitions.ts';
import { freePort } from '../test/probe/real-server.ts';
import { listening, startNginx } from './nginx.ts';

const rounds = Number(process.argv[2] ?? 5);
const SATURATED = 5_000;
const RATE = 1_000;
const SPAN = 5;
const TICKS = 100;

type Round = { checks: number; cpu: number; wall: number };

/** CPU seconds of a process, all threads. */
const cpuOf = ({ pid }: ChildProcess): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
};

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const scrape = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve(text));
    }).on('error', reject);
  });

/** Scrapes as Prometheus does, over connections that stay open. */
const saturate = async (url: string): Promise<number> => {
  let left = SATURATED;
  const work = async (): Promise<void> => {
    while (left-- > 0) await scrape(url);
  };
  await Promise.all(Array.from({ length: 32 }, work));
  return SATURATED;
};

const pace = async (url: string): Promise<number> => {
  const all: Promise<string>[] = [];
  const began = performance.now();
  for (let sent = 0; sent < RATE * SPAN;) {
    const due = Math.floor(((performance.now() - began) / 1_000) * RATE);
    while (sent < due) {
      all.push(scrape(url));
      sent++;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(all);
  return all.length;
};

const scraped = async (process: ChildProcess, url: string, how: 'saturated' | 'paced'): Promise<Round> => {
  if (!/^probe_success 1$/m.test(await scrape(url))) throw new Error(`no success at ${url}`);
  const [cpu, began] = [cpuOf(process), performance.now()];
  const checks = await (how === 'saturated' ? saturate(url) : pace(url));
  return { checks, cpu: cpuOf(process) - cpu, wall: (performance.now() - began) / 1_000 };
};

const ours = async (url: string, caFile: string, how: 'saturated' | 'paced'): Promise<Round> => {
  const amount = how === 'saturated' ? [String(SATURATED)] : [String(RATE), String(SPAN)];
  const { stdout } = await promisify(execFile)(process.execPath, [
    'bench/blackbox-ours.ts',
    url,
    caFile,
    how,
    ...amount,
  ]);
  const round = JSON.parse(stdout) as Round & { failed: number; why: string };
  // A check that failed cost less than one that passed: a few say that the machine is too busy, many make no number.
  if (round.failed > 0) console.log(`${round.failed} of ${round.checks} of our checks failed: ${round.why}`);
  if (round.failed > round.checks / 20) throw new Error('too many of our checks failed to say what one costs');
  return round;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const nginx = await startNginx();
const dir = mkdtempSync(join(tmpdir(), 'nines-blackbox-'));
const port = await freePort();
writeFileSync(
  join(dir, 'blackbox.yml'),
  `modules:
  http: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4 } }
  https: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4, tls_config: { ca_file: ${nginx.caFile} } } }
`,
);
const blackbox = spawn(
  'prometheus-blackbox-exporter',
  [`--config.file=${join(dir, 'blackbox.yml')}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
  { stdio: 'ignore' },
);
await listening(port);
process.on('exit', () => blackbox.kill());

const definitions = writeDefinitions(1, 1, nginx.http, '60s');
const nines = spawn(
  process.execPath,
  ['bin/nines.js', 'serve', '--config', definitions, '--data', join(dir, 'data'), '--port', String(await freePort())],
  { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, NINES_PORT: '' } },
);
process.on('exit', () => nines.kill());
const ninesPort = Number(nines.spawnargs.at(-1));
await listening(ninesPort);
const door = (target: string) =>
  `http://127.0.0.1:${ninesPort}/probe?module=http_2xx&target=${encodeURIComponent(target)}`;

const theirs = (module: string, target: string) =>
  `http://127.0.0.1:${port}/probe?module=${module}&target=${encodeURIComponent(target)}`;
const variants = {
  'http saturated': {
    ours: () => ours(nginx.http, '-', 'saturated'),
    theirs: () => scraped(blackbox, theirs('http', nginx.http), 'saturated'),
  },
  'http 1,000/s': {
    ours: () => ours(nginx.http, '-', 'paced'),
    theirs: () => scraped(blackbox, theirs('http', nginx.http), 'paced'),
  },
  'tls saturated': {
    ours: () => ours(nginx.https, nginx.caFile, 'saturated'),
    theirs: () => scraped(blackbox, theirs('https', nginx.https), 'saturated'),
  },
  'tls 1,000/s': {
    ours: () => ours(nginx.https, nginx.caFile, 'paced'),
    theirs: () => scraped(blackbox, theirs('https', nginx.https), 'paced'),
  },
};
const dropIn = {
  '/probe saturated': {
    ours: () => scraped(nines, door(nginx.http), 'saturated'),
    theirs: () => scraped(blackbox, theirs('http', nginx.http), 'saturated'),
  },
  '/probe 1,000/s': {
    ours: () => scraped(nines, door(nginx.http), 'paced'),
    theirs: () => scraped(blackbox, theirs('http', nginx.http), 'paced'),
  },
};
const costs = new Map<string, { ours: number[]; theirs: number[] }>();
for (let round = 0; round <= rounds; round++)
  for (const [name, variant] of Object.entries({ ...variants, ...dropIn })) {
    const kept = costs.get(name) ?? { ours: [], theirs: [] };
    costs.set(name, kept);
    for (const who of ['ours', 'theirs'] as const) {
      const { checks, cpu } = await variant[who]();
      // The first round warms up.
      if (round > 0) kept[who].push((cpu / checks) * 1_000);
    }
  }
console.log('CPU s per 1,000 probes, median; rounds:', rounds);
for (const [name, { ours, theirs }] of costs) {
  const [a, b] = [median(ours), median(theirs)];
  console.log(
    `${name}: nines ${a.toFixed(3)} (${Math.round(1_000 / a)}/s of a core), blackbox_exporter ${b.toFixed(3)}; ratio 1/${(b / a).toFixed(2)}`,
  );
}
nines.kill();
await once(nines, 'exit');
blackbox.kill();
await once(blackbox, 'exit');
await nginx.stop();
agent.destroy();
rmSync(dir, { recursive: true, force: true });
rmSync(definitions, { recursive: true, force: true });
