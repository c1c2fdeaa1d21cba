import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Story } from '../harness/nines.ts';

describe('reloading the definitions', () => {
  let story: Story;
  afterEach(() => story.stop());

  const write = (text: string): void => writeFileSync(join(story.folder, 'shop.yaml'), text);

  it('keeps the running catalog when a file is faulty, and says so', async () => {
    story = await start();
    await story.advance('10s');
    write(SYSTEM.replace('99.9', '999'));
    const problems = await story.app.nines.verbs.reload();
    expect(problems).toMatchObject([
      { line: 19, message: expect.stringContaining('objective must be less than 100, got 999') },
    ]);
    expect(story.app.nines.slo('shop/checkout/availability')?.slo.objective).toBe(999_000);
    expect(story.app.nines.catalogProblems()?.problems).toHaveLength(1);
    expect(await story.metrics()).toContain('nines_catalog_valid 0');
    expect(story.errors.splice(0)).toHaveLength(1);
  });

  it('takes the new catalog when the file is mended, without losing data or the phase of unchanged probes', async () => {
    story = await start();
    await story.advance('1m');
    write(SYSTEM.replace('99.9', '99.5'));
    expect(await story.app.nines.verbs.reload()).toEqual([]);
    await story.advance('30s');
    const status = story.app.nines.slo('shop/checkout/availability');
    expect(status?.slo.objective).toBe(995_000);
    expect(status?.budget.total).toBeGreaterThan(25_000);
    expect(story.app.nines.catalogProblems()).toBeNull();
  });

  it('forgets an SLO that was removed, and its series', async () => {
    story = await start();
    await story.advance('10s');
    expect(await story.metrics()).toContain('slo="availability"');
    write(SYSTEM.slice(0, SYSTEM.indexOf('    slos:')));
    await story.app.nines.verbs.reload();
    await story.advance('10s');
    expect(story.app.nines.slos()).toEqual([]);
    expect(await story.metrics()).not.toContain('slo="availability"');
  });

  it('counts an SLO that is defined anew from then on, not the time in which nobody judged it', async () => {
    const [head = ''] = SYSTEM.split('    probes:');
    const watched = `${head}    probes:
      - { id: backup, kind: heartbeat, every: 1h, grace: 5m }
`;
    const slos = `    slos:
      - { id: backups, name: Backups, objective: 99, window: 30d, indicator: { kind: freshness, probe: backup, maxAge: 10m } }
`;
    story = await start({ files: { 'shop.yaml': watched + slos, 'policies.yaml': POLICIES }, history: [] });
    await story.app.nines.verbs.beat('shop/checkout/backup');
    await story.advance('1m');
    write(watched);
    await story.app.nines.verbs.reload();
    await story.advance('1h', '10s');
    await story.app.nines.verbs.beat('shop/checkout/backup');
    write(watched + slos);
    await story.app.nines.verbs.reload();
    await story.advance('1m');
    const { budget } = story.app.nines.slo('shop/checkout/backups') ?? {};
    expect(budget).toMatchObject({ bad: 0 });
    expect(budget?.total).toBeLessThanOrEqual(12);
  });
});
