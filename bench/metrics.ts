/**
 * A scrape of 100,000 series through the pre-rendered writer (design: < 30 ms of CPU, in slices of < 10 ms), and the
 * same through prom-client. Run: `node bench/metrics.ts [series]`.
 */
import { Gauge, Registry } from '../src/metrics/prom.ts';
import { createSeries } from '../src/metrics/series.ts';

const COUNT = Number(process.argv[2] ?? 100_000);
const ROUNDS = 15;

const sum = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000;
const cpuMs = (since: NodeJS.CpuUsage): number => sum(process.cpuUsage(since));
// Of this thread alone, so that neither collector threads nor other processes count.
const sliceMs = (since: NodeJS.CpuUsage): number => sum(process.threadCpuUsage(since));
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const shown = (values: readonly number[]): string =>
  `median ${median(values).toFixed(1)}, worst ${Math.max(...values).toFixed(1)}`;

const labels = (i: number) => ({
  system: 'duru-notes',
  environment: 'production',
  service: `service-${i % 100}`,
  slo: `availability-${Math.floor(i / 10)}`,
  window: `${i % 10}h`,
});

const benchSeries = async (): Promise<void> => {
  const series = createSeries();
  const family = series.gauge('nines_burn_rate', 'Error ratio of a look-back divided by the error budget.');
  const handles = Array.from({ length: COUNT }, (_, i) => family.series(labels(i)));
  const [update, scrape, longest]: number[][] = [[], [], []];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let since = process.cpuUsage();
    for (let i = 0; i < COUNT; i++) handles[i]!.set((i * 7.31 + round) / 97);
    update!.push(cpuMs(since));
    since = process.cpuUsage();
    let slice = 0;
    bytes = 0;
    let from = process.threadCpuUsage();
    for await (const chunk of series.write()) {
      slice = Math.max(slice, sliceMs(from));
      bytes += Buffer.byteLength(chunk);
      from = process.threadCpuUsage();
    }
    scrape!.push(cpuMs(since));
    longest!.push(slice);
  }
  console.log(`own writer, ${COUNT} series, ${(bytes / 1e6).toFixed(1)} MB`);
  console.log(`  set all       CPU ms: ${shown(update!)}`);
  console.log(`  scrape        CPU ms: ${shown(scrape!)}`);
  console.log(`  longest slice CPU ms: ${shown(longest!)}`);
};

const benchPromClient = async (): Promise<void> => {
  const registry = new Registry();
  const names = ['system', 'environment', 'service', 'slo', 'window'] as const;
  const gauge = new Gauge({ name: 'nines_burn_rate', help: 'The same.', labelNames: names, registers: [registry] });
  for (let i = 0; i < COUNT; i++) gauge.set(labels(i), i);
  const scrape: number[] = [];
  for (let round = 0; round < 5; round++) {
    const since = process.cpuUsage();
    await registry.metrics();
    scrape.push(cpuMs(since));
  }
  console.log(`prom-client, ${COUNT} series`);
  console.log(`  scrape        CPU ms: ${shown(scrape)} (in one slice)`);
};

await benchSeries();
await benchPromClient();
