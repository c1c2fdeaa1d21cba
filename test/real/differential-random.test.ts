import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/duration.ts';
import { ruleGroupsOf } from '../../src/generate/rules/index.ts';
import { FAST_INTERVAL, SLOW_INTERVAL } from '../../src/generate/series.ts';
import type { Tier } from '../../src/slo/burn-policy.ts';
import { enoughBad, judgeTier } from '../../src/slo/judge.ts';
import type { Slo } from '../../src/slo/slo.ts';
import { measured } from '../generate/rules/catalogs.ts';
import { aSlo } from '../slo/a-slo.ts';
import { SCRAPE } from './lived.ts';
import { startPast, type Past } from './past.ts';
import { isMissing } from './prometheus.ts';
import { aLife, lifeOf, LONGEST, type RandomLife } from './random-lives.ts';

const TO = Date.UTC(2026, 10, 18, 12);
const FROM = TO - LONGEST;
/** The fast groups need six hours before they are whole; from here on everything is compared. */
const COMPARED_FROM = TO - 15 * 60 * MINUTE;
const LIVES = 8;

type Said = { at: number; verdict: 'burning' | 'quiet' | 'close' };

/** Burning or quiet also with a twentieth more or less: rates of a few events are extrapolated, and read a little off. */
const verdictOf = (slo: Slo, tier: Tier, sums: (ms: number) => Parameters<typeof judgeTier>[1]): Said['verdict'] => {
  const [long, short] = [sums(tier.longMs), sums(tier.shortMs)];
  const said = (factor: number, minBad: number): boolean =>
    judgeTier({ ...tier, factor: tier.factor * factor }, long, short, slo.objective) === 'burning' &&
    enoughBad(long, minBad);
  if (said(1.05, slo.minBad + 1)) return 'burning';
  return said(0.95, slo.minBad - 1) ? 'close' : 'quiet';
};

/** One scrape, one evaluation, and the time by which a look-back that is made of longer rates is behind. */
const lagOf = (tier: Tier): number => {
  if (tier.name === 'page-fast') return 2 * SCRAPE + FAST_INTERVAL;
  return tier.severity === 'critical' ? SCRAPE + FAST_INTERVAL + 5 * MINUTE : SCRAPE + SLOW_INTERVAL + 15 * MINUTE;
};

describe.skipIf(isMissing)(
  'random lives, judged by the embedded evaluator and by the rules in a real Prometheus',
  () => {
    const slos = Array.from({ length: LIVES }, (_, index) =>
      aSlo({ id: `shop/checkout/life-${index}`, system: 'shop', service: 'checkout' }),
    );
    const lives: RandomLife[] = fc.sample(aLife(3.5), { numRuns: LIVES, seed: Number(process.env['SEED'] ?? 1) });
    const said = new Map<string, Said[]>();
    let past: Past;

    beforeAll(async () => {
      const catalog = { ...measured(), slos: new Map(slos.map((slo) => [slo.id, slo])), conditions: new Map() };
      const raw = slos.flatMap((slo, index) =>
        lifeOf(slo, lives[index]!, FROM, TO, (windows, at) => {
          if (at < COMPARED_FROM) return;
          for (const tier of slo.tiers) {
            const key = `${slo.id} ${tier.name}`;
            const verdict = verdictOf(slo, tier, (ms) => windows.lookBack(slo.id, ms, at));
            said.set(key, [...(said.get(key) ?? []), { at, verdict }]);
          }
        }),
      );
      past = await startPast({
        raw,
        groups: [...ruleGroupsOf(catalog, 'shop')],
        from: FROM,
        to: TO,
        fastFrom: COMPARED_FROM - 6 * 60 * MINUTE,
      });
    }, 300_000);
    afterAll(() => past?.stop());

    it('has troubles to tell', () => {
      const burning = [...said.values()].flat().filter(({ verdict }) => verdict === 'burning').length;
      expect(burning).toBeGreaterThan(1_000);
    });

    it.each(slos[0]!.tiers.map((tier) => [tier.name, tier] as const))(
      'agree on %s within its lag',
      async (name, tier) => {
        const lag = lagOf(tier);
        const interval = tier.severity === 'critical' ? FAST_INTERVAL : SLOW_INTERVAL;
        const lines = await past.at(`ALERTS{alertstate="firing",tier="${name}"}[16h]`, TO);
        const mistakes: string[] = [];
        let judged = 0;
        for (const [index, slo] of slos.entries()) {
          const fires = new Set(
            lines.find(({ labels }) => labels['slo'] === `life-${index}`)?.points.map(([at]) => at),
          );
          const looks = said.get(`${slo.id} ${name}`) ?? [];
          for (let at = Math.ceil((COMPARED_FROM + lag) / interval) * interval; at <= TO; at += interval) {
            const around = looks.filter((one) => one.at >= at - lag && one.at <= at);
            const steady = around.every(({ verdict }) => verdict === around[0]?.verdict) ? around[0]?.verdict : 'close';
            if (steady === undefined || steady === 'close') continue;
            judged++;
            if (fires.has(at) !== (steady === 'burning'))
              mistakes.push(
                `life ${index} at ${new Date(at).toISOString()}: embedded ${steady}, Prometheus ${fires.has(at)}`,
              );
          }
        }
        expect(mistakes.slice(0, 10)).toEqual([]);
        expect(judged).toBeGreaterThan(100);
      },
    );
  },
);
