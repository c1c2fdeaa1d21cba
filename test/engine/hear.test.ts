import { expect, it } from 'vitest';
import { NinesError } from '../../src/errors.ts';
import type { Catalog } from '../../src/definition/catalog.ts';
import { hear, type HearParts } from '../../src/engine/verbs/hear.ts';
import { manualClock } from '../harness/manual-clock.ts';

const CATALOG = { environment: 'production', slos: new Map(), conditions: new Map() } as unknown as Catalog;
const ALERT = { status: 'firing', labels: { alertname: 'X' }, annotations: {}, startsAt: null, endsAt: null } as const;
const batch = { judge: 'alertmanager:', alerts: [ALERT], truncated: 0 };

const parts = (change: Partial<HearParts>): HearParts => ({
  clock: manualClock(),
  judges: { hear: async (heard) => heard.map(() => 'changed' as const) },
  catalog: () => CATALOG,
  leads: () => true,
  wake: () => {},
  received: () => {},
  isOver: () => false,
  ...change,
});

it('a replica that does not lead takes no alerts', async () => {
  await expect(hear(parts({ leads: () => false }), batch)).rejects.toMatchObject({ code: 'server_busy' });
});

it('one that lost the lead meanwhile says "later", never "conflict", which nobody repeats', async () => {
  const deposed = { hear: () => Promise.reject(new NinesError('commit_conflict', 'Another leads.')) };
  await expect(hear(parts({ judges: deposed }), batch)).rejects.toMatchObject({ code: 'server_busy' });
});
