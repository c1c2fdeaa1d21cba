import { afterEach, expect, it } from 'vitest';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Story } from '../harness/nines.ts';

const PROBE = 'shop/checkout/health';
const CONDITION = `    conditions:
      - { id: failing, name: Checkout fails, source: { kind: probe, probe: health, metric: failing }, comparison: '>=', threshold: 1, for: 1m, severity: critical }
`;

let story: Story;
afterEach(() => story.stop());

it('a probe that comes back degraded is up: the condition that it fails is over', async () => {
  const shop = SYSTEM.replace('    slos:\n', `${CONDITION}    slos:\n`);
  story = await start({ files: { 'shop.yaml': shop, 'policies.yaml': POLICIES }, history: [] });
  const standing = async (): Promise<string[]> =>
    (await story.app.nines.incidents({ limit: 9 }))
      .flatMap(({ incident }) => Object.values(incident.alerts))
      .filter(({ title }) => title === 'Checkout fails')
      .map(({ status }) => status);
  story.target(PROBE, 'fails');
  await story.advance('3m');
  expect(await standing()).toEqual(['firing']);
  story.target(PROBE, { degraded: true });
  await story.advance('2m');
  expect(story.app.nines.probe(PROBE)).toMatchObject({ state: 'degraded' });
  expect(await standing()).toEqual(['clear']);
});
