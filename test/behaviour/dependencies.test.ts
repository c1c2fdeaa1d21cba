import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';

const DATABASE = 'shop/database/primary';
const CHECKOUT = 'shop/checkout/health';

const FILES = {
  'shop.yaml': `${SYSTEM.replace('        every: 10s', '        every: 10s\n        dependsOn: [database/primary]')}
  - id: database
    name: Database
    policy: standard
    probes:
      - { id: primary, kind: tcp, address: '127.0.0.1:1', every: 10s, timeout: 5s }
    slos:
      - id: availability
        name: Database availability
        objective: 99.9
        window: 30d
        indicator: { kind: probe, probes: [primary] }
`,
  'policies.yaml': POLICIES,
};

describe('checkout depends on the database', () => {
  let story: Story;
  beforeEach(async () => {
    story = await start({
      files: FILES,
      history: ['shop/checkout/availability', 'shop/database/availability'],
    });
    await story.advance('1m');
  });
  afterEach(() => story.stop());

  const paged = async (): Promise<string[]> =>
    (await story.app.nines.incidents({ limit: 9 })).map(({ incident }) => incident.service).sort();

  it('both fail: one page, and the page says what is silenced and why', async () => {
    story.target(DATABASE, 'fails');
    story.target(CHECKOUT, 'fails');
    await story.advance('5m');
    expect(await paged()).toEqual(['database']);
    expect(await story.page('/')).toMatch(/Silenced[\s\S]*it depends on shop\/database\/primary, which is down/);
    expect(story.app.nines.probe(CHECKOUT)).toMatchObject({ state: 'down', explainedBy: DATABASE });
    expect(await story.page(`/probes/${CHECKOUT}`)).toContain('Its alerts are silenced');
    // Users of checkout suffered: its budget is spent all the same.
    expect(story.app.nines.slo('shop/checkout/availability')?.budget.bad).toBeGreaterThan(20);
  });

  it('both recover: checkout is never paged, although its look-back still burns', async () => {
    story.target(DATABASE, 'fails');
    story.target(CHECKOUT, 'fails');
    await story.advance('5m');
    story.target(DATABASE, 'passes');
    story.target(CHECKOUT, 'passes');
    await story.advance('20m');
    expect(await paged()).toEqual(['database']);
    // The slower tiers look back further; when they are through, nothing that would page is held back any more.
    await story.advance('1h', '10s');
    expect(await paged()).toEqual(['database']);
    expect(story.app.nines.silenced().filter(({ alert }) => alert.severity === 'critical')).toEqual([]);
  });

  it('the database recovers and checkout does not: then checkout speaks for itself', async () => {
    story.target(DATABASE, 'fails');
    story.target(CHECKOUT, 'fails');
    await story.advance('5m');
    story.target(DATABASE, 'passes');
    await story.advance('2m');
    expect(await paged()).toEqual(['checkout', 'database']);
  });

  it('checkout fails alone: nothing is silenced', async () => {
    story.target(CHECKOUT, 'fails');
    await story.advance('5m');
    expect(await paged()).toEqual(['checkout']);
    expect(story.app.nines.silenced()).toEqual([]);
  });

  it('planned work on the database excuses checkout too', async () => {
    await story.stop();
    const at = new Date(Date.UTC(2026, 10, 18, 3, 0, 0)).toISOString().slice(0, 16);
    const maintenance = `maintenance:\n  - { id: move, because: Move, services: [database], from: ${at}, for: 1h }\nservices:`;
    story = await start({
      files: { ...FILES, 'shop.yaml': FILES['shop.yaml'].replace('services:', maintenance) },
      history: ['shop/checkout/availability', 'shop/database/availability'],
    });
    story.target(DATABASE, 'fails');
    story.target(CHECKOUT, 'fails');
    await story.advance('5m');
    expect(await paged()).toEqual([]);
    expect(await story.page('/')).toMatch(/it depends on shop\/database\/primary, which is under maintenance/);
    expect((await story.page('/')).match(/Silenced/g)).toHaveLength(1);
  });

  it('the database is not checked any more: what nobody knows to be down explains nothing', async () => {
    story.target(DATABASE, 'is silent');
    story.target(CHECKOUT, 'fails');
    await story.advance('5m');
    expect(await paged()).toEqual(['checkout']);
  });
});

describe('a condition of checkout depends on the database', () => {
  const CONDITION = `    conditions:
      - { id: failing, name: Checkout fails, source: { kind: probe, probe: health, metric: failing }, comparison: '>=', threshold: 1, for: 1m, severity: critical }
`;
  let story: Story;
  beforeEach(async () => {
    const shop = FILES['shop.yaml']
      .replace('    slos:\n', `${CONDITION}    slos:\n`)
      .replace('objective: 99.9', 'objective: 50');
    story = await start({ files: { ...FILES, 'shop.yaml': shop }, history: [] });
    await story.advance('1m');
    story.target(DATABASE, 'fails');
    story.target(CHECKOUT, 'fails');
    await story.advance('5m');
  });
  afterEach(() => story.stop());

  const told = async (): Promise<string[]> =>
    (await story.app.nines.incidents({ limit: 9 }))
      .flatMap(({ incident }) => Object.values(incident.alerts))
      .map(({ title }) => title)
      .filter((title) => title === 'Checkout fails');

  it('is silenced for as long as the database is down', async () => {
    expect(await told()).toEqual([]);
    expect(story.app.nines.silenced().map(({ alert }) => alert.title)).toContain('Checkout fails');
  });

  it('speaks for itself when the database is up again and checkout goes on failing', async () => {
    story.target(DATABASE, 'passes');
    await story.advance('2m');
    expect(await told()).toEqual(['Checkout fails']);
  });

  it('was never told when both recover', async () => {
    story.target(DATABASE, 'passes');
    story.target(CHECKOUT, 'passes');
    await story.advance('5m');
    expect(await told()).toEqual([]);
    expect(story.app.nines.silenced().map(({ alert }) => alert.title)).not.toContain('Checkout fails');
  });
});

describe('checkout is slow on its own account', () => {
  const SLOW = { durationMs: 3_000 };
  const LATENCY = `      - id: latency
        name: Checkout latency
        objective: 99.9
        window: 30d
        indicator: { kind: latency, probes: [health], threshold: 500ms }
`;
  const CONDITIONS = `    conditions:
      - { id: slow, name: Checkout is slow, source: { kind: probe, probe: health, metric: response-time }, comparison: '>', threshold: 1, unit: s, for: 1m, severity: critical }
      - { id: degraded, name: Checkout is degraded, source: { kind: probe, probe: health, metric: degraded }, comparison: '>=', threshold: 1, for: 1m, severity: critical }
`;
  const shop = FILES['shop.yaml']
    .replace('    slos:\n', `${CONDITIONS}    slos:\n`)
    .replace('  - id: database', `${LATENCY}  - id: database`);
  let story: Story;
  beforeEach(async () => {
    story = await start({
      files: { ...FILES, 'shop.yaml': shop },
      history: ['shop/checkout/availability', 'shop/checkout/latency', 'shop/database/availability'],
    });
    await story.advance('1m');
    story.target(DATABASE, 'fails');
    await story.advance('5m');
  });
  afterEach(() => story.stop());

  const told = async (): Promise<string[]> =>
    (await story.app.nines.incidents({ limit: 9 }))
      .filter(({ incident }) => incident.service === 'checkout')
      .flatMap(({ incident }) => Object.values(incident.alerts))
      .map(({ title }) => title.replace(/ burns.*/, ''))
      .sort();

  it('is silenced while the database is down', async () => {
    story.target(CHECKOUT, { ...SLOW, degraded: true });
    await story.advance('4m');
    expect(await told()).toEqual([]);
    const silenced = story.app.nines.silenced().map(({ alert }) => alert.title);
    expect(silenced).toEqual(expect.arrayContaining(['Checkout is slow', 'Checkout is degraded']));
    expect(silenced.join()).toContain('Checkout latency');
  });

  it('is told long after the database is up again, although no check failed', async () => {
    story.target(DATABASE, 'passes');
    await story.advance('1h', '10s');
    story.target(CHECKOUT, { ...SLOW, degraded: true });
    await story.advance('4m');
    expect(new Set(await told())).toEqual(new Set(['Checkout is degraded', 'Checkout is slow', 'Checkout latency']));
    expect(story.app.nines.probe(CHECKOUT)).toMatchObject({ explainedBy: null });
  });

  it('is told soon when it stays slow although the database is up again', async () => {
    story.target(CHECKOUT, SLOW);
    await story.advance('4m');
    story.target(DATABASE, 'passes');
    await story.advance('30s');
    expect(await told()).toEqual([]);
    await story.advance('40s');
    expect(new Set(await told())).toEqual(new Set(['Checkout is slow', 'Checkout latency']));
  });

  it('is never told when it is quick again with the database, and the page says that this is from before', async () => {
    story.target(CHECKOUT, SLOW);
    await story.advance('4m');
    story.target(DATABASE, 'passes');
    story.target(CHECKOUT, 'passes');
    await story.advance('1m');
    expect(await story.page('/')).toContain(
      'it depends on shop/database/primary, which is up again; this is from before',
    );
    await story.advance('2h', '10s');
    expect(await told()).toEqual([]);
  });
});

describe('Nines restarts while the database is down', () => {
  let story: Story;
  afterEach(() => story.stop());

  it('both recover: checkout is not paged for what it failed before', async () => {
    const shop = FILES['shop.yaml'].replace('every: 10s\n', 'every: 10s\n        recoveryThreshold: 1\n');
    story = await start({
      files: { ...FILES, 'shop.yaml': shop.replace('timeout: 5s }', 'timeout: 5s, recoveryThreshold: 1 }') },
      history: ['shop/checkout/availability', 'shop/database/availability'],
    });
    story.target(DATABASE, 'fails');
    story.target(CHECKOUT, 'fails');
    await story.advance('5m');
    await story.restart();
    story.target(DATABASE, 'passes');
    story.target(CHECKOUT, 'passes');
    await story.advance('10m');
    const paged = (await story.app.nines.incidents({ limit: 9 })).map(({ incident }) => incident.service);
    expect(paged).toEqual(['database']);
  });
});

describe('planned work on the database ends', () => {
  let story: Story;
  afterEach(() => story.stop());

  it('what checkout failed during it is not told afterwards', async () => {
    const at = new Date(Date.UTC(2026, 10, 18, 3, 0, 0)).toISOString().slice(0, 16);
    const maintenance = `maintenance:\n  - { id: move, because: Move, services: [database], from: ${at}, for: 10m }\nservices:`;
    story = await start({
      files: { ...FILES, 'shop.yaml': FILES['shop.yaml'].replace('services:', maintenance) },
      history: ['shop/checkout/availability', 'shop/database/availability'],
    });
    story.target(CHECKOUT, 'fails');
    await story.advance('9m');
    story.target(CHECKOUT, 'passes');
    await story.advance('1h', '10s');
    expect(await story.app.nines.incidents({ limit: 9 })).toEqual([]);
    expect(story.app.nines.probe(DATABASE)).toMatchObject({ state: 'up' });
  });
});
