import { afterEach, describe, expect, it } from 'vitest';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import type { Story } from '../harness/nines.ts';
import { startOutage } from '../harness/outage.ts';

/** L1 may try for 60 s; L2 would be called at 2 min. */
const OBSERVING = POLICIES.replace('critical:\n', 'critical:\n      observe: 60s\n');

describe('L1, proved by fresh samples', () => {
  let story: Story;
  afterEach(() => story.stop());

  const outage = async (): Promise<string> => {
    const begun = await startOutage({ files: { 'shop.yaml': SYSTEM, 'policies.yaml': OBSERVING } });
    ({ story } = begun);
    return begun.id;
  };
  const incident = async (id: string) => (await story.app.nines.incident(id))?.incident;

  it('calls nobody when three checks pass in a row, although the alert needs minutes to reset, and resolves with it', async () => {
    const id = await outage();
    expect(await incident(id)).toMatchObject({ state: 'recovering', level: 1 });
    story.target('shop/checkout/health', 'passes');
    await story.advance('31s');
    expect(await incident(id)).toMatchObject({ state: 'clearing', proved: true });
    await story.advance('4m');
    expect((await incident(id))?.state).toBe('clearing');
    await story.advance('4m');
    expect((await incident(id))?.state).toBe('resolved');
    expect((await story.slack()).roots).toEqual([]);
  });

  it('goes on where it was when it fails again, and L2 is called with the rest of its wait', async () => {
    const id = await outage();
    story.target('shop/checkout/health', 'passes');
    await story.advance('31s');
    story.target('shop/checkout/health', 'fails');
    await story.advance('11s');
    expect(await incident(id)).toMatchObject({ state: 'recovering', level: 1 });
    await story.advance('2m');
    expect(await incident(id)).toMatchObject({ state: 'triggered', level: 2 });
    expect((await story.slack()).broadcasts).toHaveLength(1);
  });

  it('does not take silence for a proof, nor lets a proof outlive its samples', async () => {
    const id = await outage();
    story.target('shop/checkout/health', 'passes');
    await story.advance('31s');
    story.target('shop/checkout/health', 'is silent');
    await story.advance('30s');
    expect((await incident(id))?.state).toBe('recovering');
    await story.advance('3m');
    expect((await incident(id))?.state).toBe('triggered');
  });
});
