import { afterEach, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';

let story: Story;
afterEach(() => story.stop());

it.each(['10s', '30s', '60s', '5m'])('checks every %s cover their time, also after a restart', async (every) => {
  story = await start({
    files: { 'shop.yaml': SYSTEM.replace('every: 10s', `every: ${every}`), 'policies.yaml': POLICIES },
    history: [],
  });
  await story.advance('2h', '10s');
  const before = story.app.nines.slo('shop/checkout/availability');
  expect(before?.budget.coverage).toBeGreaterThan(0.9);
  await story.restart();
  await story.advance('10s');
  const after = story.app.nines.slo('shop/checkout/availability');
  expect(after?.budget.coverage).toBeGreaterThan(0.9);
  expect(after?.state).toBe(before?.state);
});
