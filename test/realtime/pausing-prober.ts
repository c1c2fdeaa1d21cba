// A prober in a process of its own, so that it can be stopped as a whole. Its parent stops it and asks what it did.
import { systemClock } from '../../src/clock.ts';
import { unknownResult, type CheckResult } from '../../src/probe/probe.ts';
import type { ProberStats } from '../../src/probe/prober.ts';
import { createRunner } from '../../src/probe/runner.ts';
import { target } from '../probe/http/target-of.ts';
import { scheduled } from '../probe/target.ts';

/** What the parent gets: monotonic ms of every start, the outcomes, the counters. */
export type Told = { starts: number[]; outcomes: string[]; stats: ProberStats };

const starts: number[] = [];
const outcomes: string[] = [];
const runner = createRunner({
  clock: systemClock,
  probe: async (_, { id }): Promise<CheckResult> => {
    starts.push(performance.now());
    await systemClock.sleep(50);
    return { ...unknownResult(id, 0, 'ok', ''), outcome: 'pass' };
  },
  deliver: (results) => void outcomes.push(...results.map(({ outcome, reason }) => `${outcome} ${reason}`)),
});
runner.set(Array.from({ length: 500 }, (_, index) => scheduled(`shop/api/${index}`, target('http://a/'), 500, 400)));

process.on('message', () => {
  process.send?.({ starts, outcomes, stats: runner.stats() } satisfies Told);
});
process.send?.('ready');
