import { METRICS } from '../names.ts';
import type { Series } from './series.ts';

/** What is exported of the prober itself. Counters are since start; ms. */
export type ProberNumbers = {
  scheduled: number;
  started: number;
  waiting: number;
  inFlight: number;
  /** Per bound of the histogram, not added up; one more for all that is later. */
  lateness: { counts: readonly number[]; sumMs: number };
  stalls: { count: number; totalMs: number; longestMs: number };
};

export type ProberSeries = { update(numbers: ProberNumbers): void };

/** How well the prober keeps its schedule. `boundsMs` are those of `lateness`. */
export const createProberSeries = (series: Series, boundsMs: readonly number[]): ProberSeries => {
  const gauge = (name: string, help: string) => series.gauge(name, help).series({});
  const counter = (name: string, help: string) => series.counter(name, help).series({});
  const scheduled = counter(METRICS.checksScheduled, 'Slots in which a check was due.');
  const started = counter(METRICS.checksStarted, 'Checks that were started.');
  const waiting = gauge(METRICS.checksWaiting, 'Checks that wait because too many run at once.');
  const inFlight = gauge(METRICS.checksInFlight, 'Checks that run.');
  const lateness = series.histogram(
    METRICS.checkLateness,
    'How long after its slot each check started.',
    boundsMs.map((bound) => bound / 1_000),
  );
  const stalls = counter(METRICS.proberStalls, 'How often a loop that probes stood still.');
  const stalled = counter(METRICS.proberStalled, 'How long loops that probe stood still, all together.');
  const longest = gauge(METRICS.proberLongestStall, 'The longest time for which a loop that probes stood still.');
  return {
    update: (numbers) => {
      scheduled.set(numbers.scheduled);
      started.set(numbers.started);
      waiting.set(numbers.waiting);
      inFlight.set(numbers.inFlight);
      lateness.set(numbers.lateness.counts, numbers.lateness.sumMs / 1_000);
      stalls.set(numbers.stalls.count);
      stalled.set(numbers.stalls.totalMs / 1_000);
      longest.set(numbers.stalls.longestMs / 1_000);
    },
  };
};
