import { afterEach, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';

const PROBE = 'shop/checkout/health';
// 02:00 in Toronto, in winter.
const START = Date.parse('2026-11-21T07:00:00Z');

const planned = (when: string): Record<string, string> => ({
  'shop.yaml': SYSTEM.replace(
    'services:',
    `timeZone: America/Toronto\nmaintenance:\n  - { id: upgrade, because: Database upgrade, ${when} }\nservices:`,
  ),
  'policies.yaml': POLICIES,
});

const withOther = (when: string): Record<string, string> => {
  const files = planned(when);
  return { ...files, 'shop.yaml': `${files['shop.yaml']}  - { id: other, name: Other, policy: standard }\n` };
};

let story: Story;
afterEach(() => story.stop());

const open = async (): Promise<number> => (await story.app.nines.incidents({ state: 'open', limit: 5 })).length;

it('failures within planned work page nobody and cost no budget; those after it do', async () => {
  story = await start({ start: START, files: planned('from: 2026-11-21T02:01, for: 30m') });
  await story.advance('1m30s');
  story.target(PROBE, 'fails');
  await story.advance('29m');
  expect(await open()).toBe(0);
  expect(story.app.nines.probe(PROBE)).toMatchObject({
    state: 'maintenance',
    last: {
      reason: 'maintenance',
      detail: 'Database upgrade (maintenance upgrade); the check: status was 503, expected 2xx',
    },
  });
  expect(story.app.nines.slo('shop/checkout/availability')?.budget.bad).toBe(0);
  expect(await story.page('/probes/shop/checkout/health')).toContain('Maintenance');
  await story.advance('5m');
  expect(await open()).toBe(1);
});

it('planned work of another service excuses nobody', async () => {
  story = await start({ start: START, files: withOther('services: [other], from: 2026-11-21T02:00, for: 2h') });
  story.target(PROBE, 'fails');
  await story.advance('5m');
  expect(await open()).toBe(1);
});

it('weekly work lies on its local hour, and its silence is no lack of traffic', async () => {
  story = await start({ start: START, files: planned('at: "02:00", weekdays: [saturday], for: 1h') });
  story.target(PROBE, 'fails');
  await story.advance('40m');
  expect(await open()).toBe(0);
  story.target(PROBE, 'passes');
  await story.advance('30m');
  expect(await open()).toBe(0);
  expect(story.app.nines.probe(PROBE)?.state).toBe('up');
});
