import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBacklog } from '../../src/agent/backlog.ts';
import { DAY } from '../../src/duration.ts';
import { unknownResult, type CheckResult } from '../../src/probe/probe.ts';

const at = (instant: number): CheckResult => unknownResult('shop/api/health', instant, 'internal', '');
const instants = (results: readonly CheckResult[]): number[] => results.map((result) => result.at);

describe('What waits for the server', () => {
  test('goes in order, each batch the same until it is sent', () => {
    const backlog = createBacklog();
    backlog.add([1, 2, 3].map(at));
    expect(instants(backlog.next(2))).toEqual([1, 2]);
    backlog.add([at(4)]);
    expect(instants(backlog.next(2))).toEqual([1, 2]);
    backlog.sent();
    expect(instants(backlog.next(2))).toEqual([3, 4]);
    expect(backlog.size()).toBe(2);
  });

  test('is bounded: the oldest goes, and is counted', () => {
    const backlog = createBacklog(3);
    backlog.add([1, 2, 3, 4, 5].map(at));
    expect([instants(backlog.next(9)), backlog.dropped()]).toEqual([[3, 4, 5], 2]);
  });

  test('older than a day is of no use to anybody', () => {
    const backlog = createBacklog();
    backlog.add([0, 1, DAY].map(at));
    backlog.expire(DAY);
    expect([instants(backlog.next(9)), backlog.dropped()]).toEqual([[1, DAY], 1]);
  });

  test('loses and repeats nothing: sent, dropped and waiting are all there was', () => {
    const step = fc.oneof(fc.nat(20), fc.constantFrom('ask' as const, 'sent' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: 1, max: 30 }), (steps, most) => {
        const backlog = createBacklog(most);
        let added = 0;
        let asked: number[] = [];
        const sent: number[] = [];
        for (const one of steps) {
          if (typeof one === 'number') backlog.add(Array.from({ length: one }, () => at(added++)));
          if (one === 'ask') asked = instants(backlog.next(5));
          if (one === 'sent' && asked.length > 0) {
            backlog.sent();
            sent.push(...asked);
            asked = [];
          }
        }
        expect(sent.length + backlog.dropped() + backlog.size()).toBe(added);
        expect(sent).toEqual(sent.toSorted((a, b) => a - b));
        expect(new Set(sent).size).toBe(sent.length);
        expect(backlog.size()).toBeLessThanOrEqual(most + 5);
      }),
    );
  });
});
