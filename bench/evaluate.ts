// One evaluation tick over 10,000 SLOs and their eight look-backs: CPU time per tick, and memory per SLO.
//   node --expose-gc bench/evaluate.ts [SLOs]
import { evaluateSlo } from '../src/alert/evaluate.ts';
import type { Alert } from '../src/alert/alert.ts';
import { DAY, HOUR, MINUTE } from '../src/duration.ts';
import { defaultTiers } from '../src/slo/burn-policy.ts';
import { createRings } from '../src/slo/rings.ts';
import type { Rings } from '../src/slo/rings.ts';
import type { Slo } from '../src/slo/slo.ts';
import { sloStatus } from '../src/slo/state.ts';
import { createSpans, spanDays } from '../src/slo/window.ts';
import type { Window } from '../src/slo/window.ts';

const count = Number(process.argv[2] ?? 10_000);
const zones = ['America/Toronto', 'Europe/Berlin', 'UTC'];
const windows: Window[] = [
  { kind: 'rolling', days: 30 },
  { kind: 'calendar', unit: 'month' },
];

const sloOf = (index: number): Slo => {
  const window = windows[index % windows.length]!;
  return {
    id: `bench/api/slo-${index}`,
    system: 'bench',
    service: 'api',
    environment: 'production',
    name: `SLO ${index}`,
    objective: 999_000,
    window,
    zone: zones[index % zones.length]!,
    indicator: { kind: 'probe', probes: ['bench/api/health'] },
    tiers: defaultTiers(window),
    minBad: 3,
    settleLagMs: 0,
    noData: { afterMs: 15 * MINUTE, severity: 'warning' },
    notConfigured: null,
    served: true,
    covers: [],
    description: null,
    runbook: null,
  };
};

const start = Date.UTC(2026, 10, 20);
const memory = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

const fill = (rings: Rings): void => {
  for (let at = start - 3 * DAY; at < start - 6 * HOUR; at += 5 * MINUTE)
    rings.add({ start: at, width: 5 * MINUTE, good: 30, total: 30, covered: 5 * MINUTE });
  for (let at = start - 6 * HOUR; at < start; at += 10_000)
    rings.add({ start: at, width: 10_000, good: 1, total: 1, covered: 10_000 });
};

const cpu = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const slos = Array.from({ length: count }, (_, index) => sloOf(index));
const before = memory();
const rings = slos.map(() => createRings());
rings.forEach(fill);
const spans = createSpans();
const previous: ReadonlyMap<string, Alert> = new Map();
const adding: number[] = [];
const judging: number[] = [];
const showing: number[] = [];
let fired = 0;
let now = start;
for (let tick = 0; tick < 40; tick++) {
  const slot = { start: now, width: 10_000, good: 1, total: 1, covered: 10_000 };
  adding.push(
    cpu(() => {
      for (const ring of rings) ring.add(slot);
    }),
  );
  now += 10_000;
  judging.push(
    cpu(() => {
      for (let index = 0; index < count; index++) {
        const slo = slos[index]!;
        const days = spanDays(spans(slo.window, slo.zone, now));
        const { sums } = rings[index]!;
        fired += evaluateSlo({ slo, sumsOf: sums, budgetRemaining: 1, previous, now, days }).transitions.length;
      }
    }),
  );
}
const perSlo = (memory() - before) / count;
const windowSums = { good: 259_200, total: 259_200, covered: 30 * DAY };
for (let tick = 0; tick < 10; tick++) {
  showing.push(
    cpu(() => {
      for (let index = 0; index < count; index++) {
        const { sums } = rings[index]!;
        const data = { firstDataAt: start - 40 * DAY, lastDataAt: now };
        sloStatus({ slo: slos[index]!, spans, sumsOf: sums, windowSums, adjusted: null, ...data, alerts: [], now });
      }
    }),
  );
}
const late = (values: number[]): number[] => values.slice(Math.floor(values.length / 4));
process.stdout.write(
  `${count} SLOs, ${fired} transitions
add one slot each      ${median(late(adding)).toFixed(1)} ms CPU (worst ${Math.max(...late(adding)).toFixed(1)})
evaluation tick        ${median(late(judging)).toFixed(1)} ms CPU (worst ${Math.max(...late(judging)).toFixed(1)}, first ${judging[0]!.toFixed(1)})
status of all          ${median(late(showing)).toFixed(1)} ms CPU (worst ${Math.max(...late(showing)).toFixed(1)})
memory                 ${(perSlo / 1024).toFixed(1)} KiB per SLO${globalThis.gc ? '' : ' (run with --expose-gc for a true number)'}
`,
);
