import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { absenceIdentity } from '../../src/alert/absence.ts';
import { alertKey } from '../../src/alert/alert.ts';
import { conditionIdentity } from '../../src/alert/condition.ts';
import { burnRateIdentity } from '../../src/alert/evaluate.ts';
import { identityLabels } from '../../src/alert/labels.ts';
import type { Catalog } from '../../src/definition/catalog.ts';
import { alertReceived, type Received } from '../../src/engine/received.ts';
import { load } from '../../src/definition/load.ts';

/** The catalog as it is shipped. */
const duruCatalog = (): Catalog => {
  const files = ['duru-notes.yaml', 'policies.yaml'].map((name) => ({
    file: name,
    text: readFileSync(`slo/${name}`, 'utf8'),
  }));
  const { catalog } = load(files, { profile: 'production', lookup: (reference) => `https://${reference}.test` });
  return catalog!;
};

const AT = 1_794_970_860_000;
const received = (labels: Received['labels'], more: Partial<Received> = {}): Received => ({
  status: 'firing',
  labels,
  annotations: {},
  startsAt: AT,
  endsAt: null,
  ...more,
});

describe('an alert that Prometheus sends', () => {
  it('is the one that the embedded evaluator opens, for every tier, condition and absence of the catalog', () => {
    const catalog = duruCatalog();
    const hear = (identity: Parameters<typeof identityLabels>[0]) => {
      const { alertname, labels } = identityLabels(identity);
      const alert = alertReceived(received({ ...labels, alertname, severity: 'info', replica: 'a' }), catalog, AT);
      expect(alert.key).toBe(alertKey(identity));
      return alert;
    };
    for (const slo of catalog.slos.values()) {
      for (const tier of slo.tiers)
        expect(hear(burnRateIdentity(slo, tier))).toMatchObject({
          slo: slo.id,
          severity: tier.severity,
          limit: tier.factor,
        });
      expect(hear(absenceIdentity(slo, 'data'))).toMatchObject({ slo: slo.id, severity: slo.noData.severity });
      expect(hear(absenceIdentity(slo, 'traffic'))).toMatchObject({ slo: slo.id, severity: 'info' });
    }
    for (const condition of catalog.conditions.values())
      expect(hear(conditionIdentity(condition))).toMatchObject({ title: condition.name, severity: condition.severity });
    expect(catalog.slos.size + catalog.conditions.size).toBeGreaterThan(5);
  });

  it('of rules newer than the catalog keeps its identity, and the words that came with it', () => {
    const catalog = duruCatalog();
    const labels = {
      alertname: 'ErrorBudgetBurn',
      system: 'new',
      environment: 'production',
      service: 'a',
      slo: 'b',
      tier: 'page-fast',
    };
    const annotations = { summary: 'B burns', description: 'Much of it', runbook_url: 'https://run.example' };
    expect(alertReceived(received({ ...labels, severity: 'critical' }, { annotations }), catalog, AT)).toMatchObject({
      identity: { kind: 'burn-rate', system: 'new', subject: 'b', tier: 'page-fast' },
      severity: 'critical',
      title: 'B burns',
      detail: 'Much of it',
      runbook: 'https://run.example',
      slo: null,
    });
  });

  it.each([
    ['critical', 'critical'],
    ['page', 'critical'],
    ['WARNING', 'warning'],
    ['ticket', 'warning'],
    ['info', 'info'],
    ['constructor', 'warning'],
    [undefined, 'warning'],
  ])('that is foreign and says severity %s counts as %s', (severity, as) => {
    const catalog = duruCatalog();
    const labels = { alertname: 'X', ...(severity === undefined ? {} : { severity }) };
    expect(alertReceived(received(labels), catalog, AT)).toMatchObject({
      severity: as,
      identity: {
        kind: 'foreign',
        system: 'external',
        service: 'external',
        environment: catalog.environment,
        subject: 'X',
      },
    });
  });

  it('that is foreign is another one with any other label, also behind what is cut', () => {
    const catalog = duruCatalog();
    const long = 'x'.repeat(1_000);
    const keys = ['a', 'b', `${long}a`, `${long}b`].map(
      (instance) => alertReceived(received({ alertname: 'X', instance }), catalog, AT).key,
    );
    expect(new Set(keys).size).toBe(4);
  });

  it('that is named like ours, and is of nothing that the catalog has, is cut and cleaned; its key is of the whole', () => {
    const catalog = duruCatalog();
    const hostile = `a|b\n\u202e${'x'.repeat(200_000)}`;
    const hear = (end: string) => {
      const place = { system: hostile, environment: hostile, service: hostile };
      const labels = { alertname: 'ErrorBudgetBurn', ...place, slo: hostile + end, tier: 'page-fast' };
      return alertReceived(received(labels), catalog, AT);
    };
    const { identity, title, key } = hear('1');
    expect(JSON.stringify({ identity, title }).length).toBeLessThan(1_200);
    for (const text of [identity.system, identity.environment, identity.service]) expect(text).toMatch(/^a b x{90,}$/);
    expect([identity.subject, title]).toEqual([expect.stringMatching(/^a\|b x+$/), identity.subject]);
    expect(hear('2').key).not.toBe(key);
  });
});
