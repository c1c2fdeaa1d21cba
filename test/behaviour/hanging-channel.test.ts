import { afterEach, expect, it } from 'vitest';
import type { Story } from '../harness/nines.ts';
import { startOutage } from '../harness/outage.ts';

let story: Story;
afterEach(() => story.stop());

it('a channel that hangs holds up no check: each comes at its instant, and all of them count', async () => {
  ({ story } = await startOutage());
  await story.fault('slack-hangs', true);
  let checks = 0;
  story.target('shop/checkout/health', () => {
    checks++;
    return 'fails';
  });
  const from = story.clock.now();
  await story.pass('9m');
  expect(checks).toBe(54);
  const results = (await story.app.nines.results('shop/checkout/health', 100)).filter(({ at }) => at > from);
  expect(results).toHaveLength(54);
  const instants = results.map(({ at }) => at).toSorted((a, b) => a - b);
  expect(instants).toEqual(instants.map((_, index) => (instants[0] ?? 0) + index * 10_000));
  // All the while Slack did not answer.
  const [open] = await story.app.nines.incidents({ state: 'open', limit: 1 });
  const told = await story.app.nines.incident(open?.incident.id ?? '');
  const page = told?.deliveries.find(({ channel, kind }) => channel === 'slack-oncall' && kind === 'page');
  expect(page?.state).toMatch(/^(?:queued|sending|uncertain)$/);
});
