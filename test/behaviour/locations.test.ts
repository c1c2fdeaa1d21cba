import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../src/duration.ts';
import { NinesError } from '../../src/errors.ts';
import type { Hello } from '../../src/engine/locations.ts';
import { unknownResult, type CheckResult } from '../../src/probe/probe.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Given, type Story } from '../harness/nines.ts';

const PROBE = 'shop/checkout/health';
const SLO = 'shop/checkout/availability';
const THREE = SYSTEM.replace(
  '        timeout: 5s',
  '        timeout: 5s\n        locations: [main, frankfurt, virginia]',
);
const AWAY = ['frankfurt', 'virginia'] as const;

const HELLO: Hello = {
  agent: 'a',
  version: '0.1.0',
  revision: null,
  waitMs: 20_000,
  offsetMs: 0,
  backlog: 0,
  dropped: 0,
};

type Seen = 'passes' | 'fails' | 'is silent';

const seen = (at: number, outcome: Seen): CheckResult => ({
  ...unknownResult(PROBE, at, outcome === 'passes' ? 'ok' : 'status', outcome === 'passes' ? '' : 'status was 503'),
  outcome: outcome === 'passes' ? 'pass' : 'fail',
  durationMs: 20,
});

describe('a probe at three locations', () => {
  let story: Story;
  afterEach(() => story.stop());
  const begin = async (given: Given = {}): Promise<void> => {
    story = await start({ files: { 'shop.yaml': THREE, 'policies.yaml': POLICIES }, ...given });
  };
  /** Ten seconds at a time: both agents report what they see. */
  const pass = async (seconds: number, frankfurt: Seen, virginia: Seen): Promise<void> => {
    for (let at = 0; at < seconds; at += 10) {
      for (const [location, outcome] of [
        ['frankfurt', frankfurt],
        ['virginia', virginia],
      ] as const)
        if (outcome !== 'is silent') await story.app.nines.verbs.reported(location, [seen(story.clock.now(), outcome)]);
      await story.advance('10s');
    }
  };
  const open = () => story.app.nines.incidents({ state: 'open', limit: 5 });
  const status = () => story.app.nines.probe(PROBE);

  it('pages nobody while only one of them sees it fail, and says who', async () => {
    await begin();
    await pass(60, 'passes', 'passes');
    await pass(900, 'fails', 'passes');
    expect(await open()).toEqual([]);
    expect(status()).toMatchObject({ state: 'degraded', last: { outcome: 'pass', degraded: true } });
    expect(status()?.last?.detail).toBe('1 of 3 locations sees it fail: frankfurt: status was 503');
    expect(story.app.nines.slo(SLO)?.budget.attained).toBe(1);
    expect(story.app.nines.words(PROBE).map(({ location, outcome }) => `${location} ${outcome}`)).toEqual([
      'main pass',
      'frankfurt fail',
      'virginia pass',
    ]);
  });

  it('pages when two of them see it fail, and the page says so', async () => {
    await begin();
    await pass(60, 'passes', 'passes');
    await pass(300, 'fails', 'fails');
    expect(await open()).toMatchObject([{ incident: { severity: 'critical' } }]);
    expect(status()).toMatchObject({
      state: 'down',
      last: { detail: expect.stringMatching(/^2 of 3 locations see it/) },
    });
    expect((await story.slack()).roots).toHaveLength(1);
  });

  it('counts each location for a third of the time: the same outage burns as fast as with one', async () => {
    await begin({ history: [] });
    await pass(600, 'passes', 'passes');
    story.target(PROBE, 'fails');
    await pass(600, 'fails', 'fails');
    const attained = story.app.nines.slo(SLO)?.budget.attained ?? 0;
    expect(attained).toBeGreaterThan(0.48);
    expect(attained).toBeLessThan(0.53);
  });

  it('neither pages nor looks whole when an agent falls silent', async () => {
    await begin({ history: [] });
    await pass(60, 'passes', 'passes');
    await pass(900, 'passes', 'is silent');
    expect(await open()).toEqual([]);
    expect(status()).toMatchObject({ state: 'up', last: { detail: 'virginia is silent' } });
    expect(story.app.nines.words(PROBE)[2]).toEqual({ location: 'virginia', outcome: 'silent' });
    expect(await story.page(`/probes/${PROBE}`)).toContain('Silent');
    // A third of what should be known is not: the SLO does not claim to be on track.
    expect(story.app.nines.slo(SLO)?.budget.coverage).toBeLessThan(0.75);
  });

  it('sees an outage although an agent is silent', async () => {
    await begin();
    await pass(60, 'passes', 'passes');
    story.target(PROBE, 'fails');
    await pass(300, 'fails', 'is silent');
    expect(await open()).toMatchObject([{ incident: { severity: 'critical' } }]);
  });

  it('is stale, not up, when nobody is heard any more', async () => {
    await begin();
    await pass(60, 'passes', 'passes');
    story.target(PROBE, 'is silent');
    await pass(1_020, 'is silent', 'is silent');
    expect(status()?.state).toBe('stale');
    expect(await open()).toMatchObject([
      { incident: { severity: 'warning', title: expect.stringContaining('no data') } },
    ]);
  });

  it('counts what an agent kept through a cut at its own time, and the present stays as it is', async () => {
    await begin({ history: [] });
    await pass(60, 'passes', 'passes');
    const cut = story.clock.now();
    await pass(1_200, 'is silent', 'passes');
    const kept = Array.from({ length: 120 }, (_, index) => seen(cut + index * 10_000, index < 60 ? 'fails' : 'passes'));
    const before = story.app.nines.slo(SLO)?.budget.coverage ?? 0;
    expect(await story.app.nines.verbs.reported('frankfurt', kept)).toEqual({ taken: 120, refused: 0 });
    expect(await story.app.nines.verbs.reported('frankfurt', kept)).toEqual({ taken: 0, refused: 0 });
    await story.advance('10s');
    expect(status()).toMatchObject({ state: 'up', last: { location: 'main' } });
    expect(story.app.nines.slo(SLO)?.budget.coverage).toBeGreaterThan(before);
    expect(story.app.nines.slo(SLO)?.budget.attained).toBe(1);
    expect(await open()).toEqual([]);
  });

  it('counts a repeated result once, also after a restart', async () => {
    await begin({ history: [] });
    const results = [0, 10, 20].map((second) => seen(story.clock.now() - second * SECOND, 'passes'));
    await story.app.nines.verbs.reported('frankfurt', results);
    const total = () => story.app.nines.slo(SLO)?.budget.total;
    await story.advance('1s');
    const before = total();
    await story.restart();
    expect(await story.app.nines.verbs.reported('frankfurt', results)).toEqual({ taken: 0, refused: 0 });
    await story.advance('1s');
    expect(total()).toBe(before);
  });

  it('takes results of hours ago, which stay counted after a restart', async () => {
    await begin({ history: [] });
    await pass(10, 'passes', 'passes');
    const before = story.app.nines.slo(SLO)?.budget.total ?? 0;
    const now = story.clock.now();
    const old = [10, 7, 5.5, 3].map((hours) => seen(now - hours * HOUR, 'passes'));
    expect(await story.app.nines.verbs.reported('frankfurt', old)).toEqual({ taken: 4, refused: 0 });
    await story.advance('1s');
    expect(story.app.nines.slo(SLO)?.budget.total).toBe(before + 4);
    await story.app.store.slots.rollUp(story.clock.now());
    await story.restart();
    await story.advance('1s');
    expect(story.app.nines.slo(SLO)?.budget.total).toBe(before + 4);
  });

  it('does not take the last word before a restart, of one location, for that of the probe', async () => {
    await begin();
    await pass(60, 'passes', 'passes');
    await story.app.nines.verbs.reported('frankfurt', [seen(story.clock.now(), 'fails')]);
    await story.restart();
    expect(status()?.state).toBe('no-data');
    await pass(20, 'fails', 'passes');
    expect(status()?.state).toBe('degraded');
    expect(await open()).toEqual([]);
  });

  it('refuses what is not its own, from another time, or of a probe that is not there', async () => {
    await begin();
    const now = story.clock.now();
    const report = (results: CheckResult[], location = 'frankfurt') =>
      story.app.nines.verbs.reported(location, results);
    expect(await report([seen(now + 6 * SECOND, 'fails'), seen(now - DAY - HOUR, 'fails')])).toEqual({
      taken: 0,
      refused: 2,
    });
    expect(await report([{ ...seen(now, 'fails'), probe: 'shop/checkout/other' }])).toEqual({ taken: 0, refused: 1 });
    expect(await report([seen(now, 'fails')], 'lagos')).toEqual({ taken: 0, refused: 1 });
    expect(await report([seen(now + 4 * SECOND, 'passes')])).toEqual({ taken: 1, refused: 0 });
  });

  it('lets no agent drown a budget: twice what its schedule gives is all that counts of an hour', async () => {
    await begin({ history: [] });
    const flood = Array.from({ length: 2_000 }, (_, index) => seen(story.clock.now() - index, 'passes'));
    let taken = 0;
    for (let from = 0; from < flood.length; from += 200)
      taken += (await story.app.nines.verbs.reported('frankfurt', flood.slice(from, from + 200))).taken;
    // It is three o'clock sharp: one result of this hour, the others of the last one.
    expect(taken).toBe(721);
    expect(story.app.nines.locations()).toMatchObject([{ name: 'frankfurt' }, { name: 'virginia' }]);
  });

  it('takes all of a batch once the store can be written again, however often it was refused', async () => {
    let full = false;
    const around: Given['around'] = (store) => ({
      ...store,
      reports: {
        ...store.reports,
        add: async (...given) => {
          if (full) throw new NinesError('data_full', 'The disk is full.');
          await store.reports.add(...given);
        },
      },
    });
    await begin({ history: [], around });
    const batch = Array.from({ length: 200 }, (_, index) => seen(story.clock.now() - (index + 1) * 10_000, 'passes'));
    full = true;
    for (let attempt = 0; attempt < 5; attempt++)
      await expect(story.app.nines.verbs.reported('frankfurt', batch)).rejects.toMatchObject({ code: 'data_full' });
    expect(story.app.nines.slo(SLO)?.budget.total ?? 0).toBe(0);
    full = false;
    expect(await story.app.nines.verbs.reported('frankfurt', batch)).toEqual({ taken: 200, refused: 0 });
    await story.advance('1s');
    expect(story.app.nines.slo(SLO)?.budget.total).toBe(200);
  });

  it('gives an agent its targets, one agent a location, and no name that nobody uses', async () => {
    await begin();
    const join = (location: string, hello: Partial<Hello> = {}) =>
      story.app.nines.verbs.joined(location, { ...HELLO, ...hello }, new AbortController().signal);
    const first = await join('frankfurt');
    expect(first).toMatchObject({ ok: true, targets: [expect.stringContaining(`"id":"${PROBE}","intervalMs":10000`)] });
    const { revision } = first as { revision: string };
    expect(await join('frankfurt', { revision })).toEqual({ ok: true, revision, targets: null });
    expect(await join('frankfurt', { agent: 'b' })).toMatchObject({ ok: false, code: 'conflict' });
    await story.advance('11s');
    expect(await join('frankfurt', { agent: 'b' })).toMatchObject({ ok: true });
    expect(await join('main')).toMatchObject({ ok: false, message: expect.stringContaining('itself') });
    expect(await join('lagos')).toMatchObject({
      ok: false,
      code: 'not_found',
      message: expect.stringContaining(`there is ${AWAY.join(', ')}`),
    });
  });

  it('says where agents are, and since when one is silent', async () => {
    await begin();
    const agent = new AbortController().signal;
    await story.app.nines.verbs.joined('frankfurt', { ...HELLO, offsetMs: 90_000, dropped: 3 }, agent);
    await story.advance('59s');
    const states = () => story.app.nines.locations().map(({ name, state }) => `${name} ${state}`);
    expect(states()).toEqual(['frankfurt joined', 'virginia never']);
    await story.advance('2s');
    expect(states()).toEqual(['frankfurt silent', 'virginia never']);
    const metrics = await story.metrics();
    expect(metrics).toContain('nines_location_clock_offset_seconds{location="frankfurt"} 90\n');
    expect(metrics).toContain('nines_location_results_dropped_total{location="frankfurt"} 3\n');
    expect(metrics).toMatch(/nines_location_last_seen_timestamp_seconds\{location="frankfurt"\} \d+/);
    expect(metrics).toContain('probe="health",location="main"} 1\n');
    expect(metrics).not.toContain('probe="health",location="virginia"}');
    const page = await story.page('/probes');
    expect(page).toContain('frankfurt');
    expect(page).toContain('Silent');
  });
});
