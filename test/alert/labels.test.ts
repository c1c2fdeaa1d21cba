import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertKey, type AlertIdentity } from '../../src/alert/alert.ts';
import { identityFromLabels, identityLabels } from '../../src/alert/labels.ts';
import { TIER_NAMES } from '../../src/slo/burn-policy.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const grouping = fc.dictionary(fc.constantFrom('region', 'route'), fc.string({ minLength: 1 }), { maxKeys: 2 });
const place = { system: word, environment: word, service: word, subject: word };
const withLabels = (identity: AlertIdentity, labels: Record<string, string>): AlertIdentity =>
  Object.keys(labels).length > 0 ? { ...identity, labels } : identity;

const identities: fc.Arbitrary<AlertIdentity> = fc.oneof(
  fc
    .record({ ...place, tier: fc.constantFrom(...TIER_NAMES), grouping })
    .map(({ grouping: labels, ...rest }) => withLabels({ ...rest, kind: 'burn-rate' }, labels)),
  fc.record(place).map((rest): AlertIdentity => ({ ...rest, kind: 'condition' })),
  fc
    .record({ ...place, missing: fc.constantFrom('data', 'traffic'), grouping })
    .map(({ grouping: labels, missing, ...rest }): AlertIdentity => ({
      ...rest,
      kind: 'absence',
      labels: { ...labels, missing },
    })),
);

describe('an alert as Prometheus names it', () => {
  it('is the alert that the embedded evaluator names, whatever labels a Prometheus adds', () => {
    fc.assert(
      fc.property(identities, (identity) => {
        const { alertname, labels } = identityLabels(identity);
        const sent = { cluster: 'eu-1', severity: 'critical', long_window: '1h', ...labels, alertname };
        const back = identityFromLabels(sent, () => ['region', 'route']);
        expect(back && alertKey(back)).toBe(alertKey(identity));
      }),
    );
  });

  it('is foreign when its name or a label of its identity is not ours', () => {
    const ours = {
      alertname: 'ErrorBudgetBurn',
      system: 's',
      environment: 'e',
      service: 'a',
      slo: 'o',
      tier: 'page-fast',
    };
    expect(identityFromLabels(ours)).not.toBeNull();
    for (const change of [{ alertname: 'HostDown' }, { tier: 'page-quick' }, { slo: '' }, { system: '' }])
      expect(identityFromLabels({ ...ours, ...change })).toBeNull();
  });
});
