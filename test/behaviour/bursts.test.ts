import { afterEach, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';

const PROBE = 'shop/checkout/health';
const FILES = {
  'shop.yaml': SYSTEM.replace(
    '        every: 10s',
    '        every: 10s\n        burst: { every: 2s, for: 1m }',
  ).replace('timeout: 5s', 'timeout: 1s'),
  'policies.yaml': POLICIES,
};

let story: Story;
afterEach(() => story.stop());

const checksIn = async (duration: string): Promise<number> => {
  const before = story.clock.now();
  await story.advance(duration);
  return (await story.app.nines.results(PROBE, 200)).filter(({ at }) => at >= before).length;
};

it('after a deploy the probe is checked every two seconds for a minute, then as before', async () => {
  story = await start({ files: FILES });
  await story.advance('1m');
  expect(await checksIn('1m')).toBe(6);
  await story.app.nines.verbs.happening({ kind: 'deploy', system: 'shop', service: null, text: 'v2', url: null });
  // The happening is looked at within ten seconds.
  await story.advance('10s');
  expect(await checksIn('40s')).toBe(20);
  await story.advance('30s');
  expect(await checksIn('1m')).toBe(6);
  // More checks are more samples, never more than the whole time.
  const coverage = story.app.nines.slo('shop/checkout/availability')?.budget.coverage;
  expect(coverage).toBeLessThanOrEqual(1);
});

it('a deploy of another service changes nothing', async () => {
  story = await start({ files: FILES });
  await story.app.nines.verbs.happening({ kind: 'deploy', system: 'shop', service: 'other', text: 'v2', url: null });
  await story.advance('20s');
  expect(await checksIn('1m')).toBe(6);
});
