import { afterEach, describe, expect, it } from 'vitest';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Story } from '../harness/nines.ts';

const RECOVERY = `      - id: recovery
        name: Recovery time
        objective: 90
        window: quarter
        indicator: { kind: incident-clock, within: 15m }
        tiers: []
        tiersBecause: Incidents are too few for burn rates
`;

describe('the incident clock', () => {
  let story: Story;
  afterEach(() => story.stop());

  const outageOf = async (duration: string): Promise<void> => {
    story = await start({ files: { 'shop.yaml': SYSTEM + RECOVERY, 'policies.yaml': POLICIES } });
    await story.advance('1m');
    story.target('shop/checkout/health', 'fails');
    await story.advance(duration);
    story.target('shop/checkout/health', 'passes');
    await story.advance('40m');
  };
  const recovery = () => story.app.nines.slo('shop/checkout/recovery');

  it('reads well while there was no incident', async () => {
    story = await start({ files: { 'shop.yaml': SYSTEM + RECOVERY, 'policies.yaml': POLICIES } });
    await story.advance('20s');
    expect(recovery()).toMatchObject({ state: 'ok', budget: { total: 0, remaining: null } });
  });

  it('counts a recovery within 15 min as good: from the first bad slot to the end of the last, not to the all-clear', async () => {
    await outageOf('14m');
    const [view] = await story.app.nines.incidents({ limit: 1 });
    expect(view?.incident.state).toBe('resolved');
    const { badFrom = 0, badTo } = view?.incident ?? {};
    expect(((badTo ?? 0) - badFrom) / 60_000).toBeCloseTo(14, 0);
    expect(recovery()?.budget).toMatchObject({ good: 1, total: 1 });
  });

  it('counts a longer one as bad, and the objective of nine in ten is missed', async () => {
    await outageOf('17m');
    expect(recovery()).toMatchObject({ state: 'missed', budget: { good: 0, total: 1 } });
  });
});
