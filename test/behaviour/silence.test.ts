import { afterEach, describe, expect, it } from 'vitest';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Story } from '../harness/nines.ts';

const CONDITION = `    conditions:
      - { id: missed, name: Backup missed, source: { kind: probe, probe: backup, metric: failing }, comparison: '>=', threshold: 1, severity: warning }
`;
const FRESHNESS = `    slos:
      - { id: backups, name: Backups, objective: 99, window: 30d, indicator: { kind: freshness, probe: backup, maxAge: 1h } }
`;
const BACKUP = `apiVersion: nines/v1
kind: System
id: shop
name: Shop
services:
  - id: database
    name: Database
    policy: standard
    probes:
      - { id: backup, kind: heartbeat, every: 1h, grace: 5m }
`;

describe('silence', () => {
  let story: Story;
  afterEach(() => story.stop());

  it('between two checks of a probe that is asked every 30 min is none', async () => {
    const files = { 'shop.yaml': SYSTEM.replace('every: 10s', 'every: 30m'), 'policies.yaml': POLICIES };
    story = await start({ files, history: [] });
    for (let quarter = 0; quarter < 10; quarter++) {
      await story.advance('14m', '30s');
      expect(story.app.nines.alerts().filter(({ identity }) => identity.kind === 'absence')).toEqual([]);
    }
  });

  it('of a heartbeat longer than its interval and grace is a warning that stays at L2', async () => {
    story = await start({ files: { 'shop.yaml': BACKUP + CONDITION, 'policies.yaml': POLICIES }, history: [] });
    expect(await story.app.nines.verbs.beat('shop/database/backup')).toBe(true);
    await story.advance('64m');
    expect(await story.app.nines.incidents({ state: 'open', limit: 5 })).toEqual([]);
    await story.advance('5m');
    expect(await story.app.nines.incidents({ state: 'open', limit: 5 })).toMatchObject([
      { incident: { severity: 'warning' } },
    ]);
    await story.advance('25m');
    expect((await story.slack()).broadcasts).toHaveLength(1);
    expect(await story.pagerduty()).toEqual([]);
  });

  it('counts freshness against its objective, and a beat makes it fresh again', async () => {
    story = await start({ files: { 'shop.yaml': BACKUP + FRESHNESS, 'policies.yaml': POLICIES }, history: [] });
    await story.app.nines.verbs.beat('shop/database/backup');
    await story.advance('90m');
    const late = story.app.nines.slo('shop/database/backups');
    expect(late?.budget.attained).toBeCloseTo(60 / 90, 1);
    await story.app.nines.verbs.beat('shop/database/backup');
    await story.advance('10m');
    expect(story.app.nines.slo('shop/database/backups')?.burnRates.find(({ label }) => label === '5m')?.rate).toBe(0);
  });

  it('of a probe is no data after 15 min: a warning, and the SLO does not read healthy', async () => {
    story = await start();
    await story.advance('1m');
    story.target('shop/checkout/health', 'is silent');
    await story.advance('17m');
    expect(await story.app.nines.incidents({ state: 'open', limit: 5 })).toMatchObject([
      { incident: { severity: 'warning', title: expect.stringContaining('no data') } },
    ]);
    const status = story.app.nines.slo('shop/checkout/availability');
    expect(status?.burnRates.find(({ label }) => label === '5m')?.rate).toBeNull();
    expect(story.app.nines.probe('shop/checkout/health')?.state).toBe('stale');
  });

  it('unknown heartbeats are refused', async () => {
    story = await start();
    expect(await story.app.nines.verbs.beat('shop/checkout/health')).toBe(false);
  });
});
