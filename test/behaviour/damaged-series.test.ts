import { describe, expect, it, onTestFinished } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { start } from '../harness/nines.ts';

describe('a start on fresh series, because the old ones were damaged', () => {
  it('keeps the budget: what an outage of this morning cost stands in the books', async () => {
    let damaged = false;
    const around = (store: Store): Store => ({
      ...store,
      slots: {
        ...store.slots,
        recall: async function* (spans) {
          if (!damaged) yield* store.slots.recall(spans);
        },
        read: async (sli, width, from, to) => (damaged ? [] : store.slots.read(sli, width, from, to)),
      },
    });
    const story = await start({ around });
    onTestFinished(() => story.stop());
    const budget = () => story.app.nines.slo('shop/checkout/availability')?.budget;
    story.target('shop/checkout/health', 'fails');
    await story.advance('10m');
    story.target('shop/checkout/health', 'passes');
    await story.advance('70m');
    await story.app.engine.housekeeping.run('ledger', story.clock.now());
    const before = budget();
    expect(before?.bad).toBeGreaterThan(50);
    await story.restart();
    await story.advance('1s');
    expect(budget()?.bad).toBe(before?.bad);
    damaged = true;
    await story.restart();
    await story.advance('1s');
    expect(budget()?.bad).toBe(before?.bad);
  });
});
