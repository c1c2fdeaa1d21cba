import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ToThread } from '../../src/probe/hand-over.ts';
import type { Target } from '../../src/probe/probe.ts';
import { createSending } from '../../src/probe/sending.ts';
import { target } from './http/target.ts';
import { scheduled } from './target.ts';

const one = (id: number, path = 'a'): Target => scheduled(`shop/api/${id}`, target(`http://x/${path}`), 1_000, 900);
const fleet = (count: number, path?: string): Target[] => Array.from({ length: count }, (_, id) => one(id, path));

/** A thread that takes what it is told only when the test says so, and answers each slice. */
const thread = () => {
  const told: ToThread[] = [];
  const sending = createSending((message) => void told.push(structuredClone(message)));
  let next = 0;
  let runs = new Map<string, Target>();
  let staged = new Map<string, Target>();
  const fresh = { whole: 0 };
  const take = (message: ToThread): boolean => {
    if (message.kind === 'begin') staged = new Map();
    if (message.kind === 'slice')
      for (const given of message.targets) {
        if (typeof given !== 'string') fresh.whole++;
        const known = typeof given === 'string' ? runs.get(given) : given;
        if (!known) throw new Error('kept what does not run');
        staged.set(known.id, known);
      }
    if (message.kind === 'apply') runs = staged;
    return message.kind !== 'begin';
  };
  /** Takes one slice, or the word that they are complete; false when there is nothing to take. */
  const step = (): boolean => {
    while (next < told.length) {
      if (!take(told[next++] as ToThread)) continue;
      sending.taken();
      return true;
    }
    return false;
  };
  return {
    sending,
    step,
    rest: (): void => {
      while (step());
    },
    sizes: () => told.flatMap((message) => (message.kind === 'slice' ? [message.targets.length] : [])),
    runs: () => [...runs.values()],
    fresh,
    die: (): void => {
      next = told.length;
      runs = new Map();
      sending.restart();
    },
  };
};

const settled = async (promise: Promise<void>): Promise<boolean> => {
  let done = false;
  void promise.then(() => (done = true));
  await Promise.resolve();
  await Promise.resolve();
  return done;
};

describe('A fleet crosses to its probe thread in slices', () => {
  test('none is larger than 100, one follows when the one before is taken, and all run at once when the last is', async () => {
    const { sending, step, sizes, runs, rest } = thread();
    const done = sending.set(fleet(1_050));
    expect(sizes()).toEqual([100]);
    step();
    expect(sizes()).toEqual([100, 100]);
    expect([runs().length, await settled(done)]).toEqual([0, false]);
    rest();
    expect(Math.max(...sizes())).toBe(100);
    expect(runs()).toEqual(fleet(1_050));
    expect(await settled(done)).toBe(true);
  });

  test('of equal targets only the ids cross again', () => {
    const { sending, rest, runs, fresh } = thread();
    void sending.set(fleet(500));
    rest();
    void sending.set([...fleet(499), one(499, 'changed')].toReversed());
    rest();
    expect(fresh.whole).toBe(501);
    expect(runs().find(({ id }) => id === 'shop/api/499')).toEqual(one(499, 'changed'));
  });

  test('newer ones overtake older ones that are half handed over, and both callers hear when the newer run', async () => {
    const { sending, step, rest, runs, sizes } = thread();
    const older = sending.set(fleet(100_000));
    step();
    const newer = sending.set(fleet(3, 'newer'));
    expect(await settled(older)).toBe(false);
    rest();
    expect(runs()).toEqual(fleet(3, 'newer'));
    expect(sizes().reduce((a, b) => a + b)).toBeLessThan(400);
    expect([await settled(older), await settled(newer)]).toEqual([true, true]);
  });

  test('a thread that is started again gets all of them whole, also in the middle', async () => {
    const { sending, step, rest, runs, die } = thread();
    const done = sending.set(fleet(350));
    step();
    die();
    expect(await settled(done)).toBe(false);
    rest();
    expect(runs()).toEqual(fleet(350));
    die();
    rest();
    expect(runs()).toEqual(fleet(350));
  });

  test('a stop in the middle lets everybody go and sends nothing more', async () => {
    const { sending, step, sizes } = thread();
    const done = sending.set(fleet(350));
    sending.stop();
    step();
    expect(sizes()).toEqual([100]);
    expect([await settled(done), await settled(sending.set(fleet(1)))]).toEqual([true, true]);
    expect(sizes()).toEqual([100]);
  });

  test('whatever comes when, what was set last runs in the end and nobody waits for ever', async () => {
    const event = fc.oneof(
      fc.record({
        kind: fc.constant('set' as const),
        count: fc.integer({ min: 0, max: 350 }),
        path: fc.constantFrom('a', 'b'),
      }),
      fc.record({ kind: fc.constantFrom('step' as const, 'die' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
        const { sending, step, die, rest, runs } = thread();
        let last: Target[] = [];
        const all: Promise<void>[] = [];
        for (const one of events) {
          if (one.kind === 'set') all.push(sending.set((last = fleet(one.count, one.path))));
          else if (one.kind === 'step') step();
          else die();
        }
        rest();
        expect(runs()).toEqual(last);
        await Promise.all(all);
      }),
      { numRuns: 50 },
    );
  });
});
