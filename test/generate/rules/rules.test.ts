import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { defaultTiers } from '../../../src/slo/burn-policy.ts';
import { identityFromLabels } from '../../../src/alert/labels.ts';
import { formatDuration } from '../../../src/duration.ts';
import { burnRateIdentity } from '../../../src/alert/evaluate.ts';
import type { Catalog } from '../../../src/definition/catalog.ts';
import { DEFAULT_OPTIONS, parseVersion, textOf } from '../../../src/generate/file.ts';
import { generate } from '../../../src/generate/generate.ts';
import { isAlert } from '../../../src/generate/rule.ts';
import type { RuleGroup } from '../../../src/generate/rule.ts';
import { ruleFiles, ruleGroupsOf, ruleProblems, selfRuleGroups } from '../../../src/generate/rules/index.ts';
import { RUNBOOK_ANCHORS } from '../../../src/generate/rules/runbook-anchors.ts';
import { parse } from '../../../src/promql/parse.ts';
import { selectorsOf } from '../../../src/promql/tree.ts';
import { aSlo } from '../../slo/a-slo.ts';
import { measured, shipped } from './catalogs.ts';

const CATALOGS: readonly (readonly [string, Catalog])[] = [
  ['duru-notes', shipped()],
  ['shop', measured()],
];

const groupsOf = (catalog: Catalog): RuleGroup[] =>
  [...catalog.systems.keys()].flatMap((id) => [...ruleGroupsOf(catalog, id)]);
const rulesOf = (catalog: Catalog) => groupsOf(catalog).flatMap(({ rules }) => rules);
const filesOf = (catalog: Catalog, target: 'prometheus' | 'prometheusrule' = 'prometheus') => [
  ...ruleFiles(catalog, { ...DEFAULT_OPTIONS, target }),
];

const shuffled = <K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> => new Map([...map].toReversed());

/** As Prometheus reads them. */
const readable = (groups: readonly RuleGroup[]) =>
  groups.map(({ name, intervalMs, rules }) => ({
    name,
    interval: formatDuration(intervalMs),
    rules: rules.map((rule) => {
      if (!isAlert(rule)) return rule;
      const { forMs, ...rest } = rule;
      return { ...rest, for: forMs === 0 ? undefined : formatDuration(forMs) };
    }),
  }));

describe.each(CATALOGS)('the rules of %s', (name, catalog) => {
  it('are these', async () => {
    for (const file of filesOf(catalog).filter(({ owner }) => owner === name))
      await expect(textOf(file)).toMatchFileSnapshot(`../../golden/rules/${file.path.replace('alerts/', '')}`);
  });

  it('are read back as they were meant, plain and as resources of an operator', () => {
    const meant = readable(groupsOf(catalog));
    const [fast, slow] = filesOf(catalog).map((file) => load(textOf(file)) as { groups: { name: string }[] });
    const isSlow = ({ name: group }: { name: string }): boolean => group.endsWith('-slow');
    expect(fast).toEqual({ groups: meant.filter((group) => !isSlow(group)) });
    expect(slow).toEqual({ groups: meant.filter(isSlow) });
    expect(load(textOf(filesOf(catalog, 'prometheusrule')[0]!))).toEqual({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: `nines-${name}`, labels: { 'app.kubernetes.io/managed-by': 'nines' } },
      spec: { groups: meant },
    });
  });

  it('are the same bytes in whatever order definitions were read, and however often they are written', () => {
    const other = { ...catalog, slos: shuffled(catalog.slos), conditions: shuffled(catalog.conditions) };
    expect(filesOf(other).map(textOf)).toEqual(filesOf(catalog).map(textOf));
    const [file] = filesOf(catalog);
    expect(textOf(file!)).toBe(textOf(file!));
  });

  it('reach no other SLO: every selector that is not of the user carries the four labels', () => {
    const OURS = /^(?:nines[:_]|probe_)/;
    for (const rule of rulesOf(catalog)) {
      const parsed = parse(rule.expr);
      if ('problem' in parsed) throw new Error(`${rule.expr}: ${JSON.stringify(parsed.problem)}`);
      const own = selectorsOf(parsed.expr).filter(({ selector }) => OURS.test(selector.name ?? ''));
      for (const { selector } of own) {
        const matchers = Object.fromEntries(selector.matchers.map(({ name: label, value }) => [label, value]));
        const last = 'condition' in rule.labels ? {} : { slo: rule.labels['slo'] };
        const { system, environment, service } = rule.labels;
        expect({ expr: rule.expr, ...matchers }).toMatchObject({
          expr: rule.expr,
          system,
          environment,
          service,
          ...last,
        });
      }
      expect([rule.labels['slo'], rule.labels['condition']].filter(Boolean)).toHaveLength(1);
    }
  });

  it('name the alerts as the embedded evaluator does', () => {
    const alerts = rulesOf(catalog).filter(isAlert);
    for (const slo of [...catalog.slos.values()].filter(({ served }) => served)) {
      const named = alerts.flatMap(({ alert, labels }) => {
        const identity = identityFromLabels({ ...labels, alertname: alert });
        return identity?.kind === 'burn-rate' && slo.id.endsWith(`/${identity.subject}`) ? [identity] : [];
      });
      expect(named).toEqual(expect.arrayContaining(slo.tiers.map((tier) => burnRateIdentity(slo, tier))));
      expect(named).toHaveLength(slo.tiers.length);
    }
  });

  it('say what to do: a sentence, numbers, and links that are whole', () => {
    for (const { alert, annotations, labels } of rulesOf(catalog).filter(isAlert)) {
      const summary = annotations['summary']!.replaceAll('{{ "{{" }}', '').replaceAll('{{ $labels.region }}', '');
      expect(summary).toMatch(/^[A-Z][^{]*\.$/);
      expect(annotations['description']).toMatch(/\.$/);
      expect(annotations['runbook_url']).toMatch(/^https?:\/\/\S+$/);
      expect(annotations['nines_url']).toMatch(/^https?:\/\/\S+$/);
      expect(labels['severity']).toMatch(/^(?:critical|warning|info)$/);
      expect(alert).toMatch(/^(?:[A-Z]+[a-z0-9]+)+$/);
      expect(JSON.stringify(labels)).not.toContain('{{');
    }
  });

  it('leave out what this version does not serve, and nothing that is merely not set up here', () => {
    const rules = rulesOf(catalog);
    for (const slo of catalog.slos.values()) {
      const own = rules.filter(({ labels }) => slo.id.endsWith(`/${labels['slo']}`));
      expect({ [slo.id]: own.length > 0 }).toEqual({ [slo.id]: slo.served });
    }
  });

  it('record no more than 5 minutes apart, and every name before it is read', () => {
    for (const { intervalMs, rules } of groupsOf(catalog)) {
      expect(intervalMs).toBeLessThanOrEqual(300_000);
      const later = new Set(rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record])));
      for (const rule of rules) {
        const early = [...rule.expr.matchAll(/nines:[\w:]+/g)].filter(([series]) => later.has(series));
        expect({ expr: rule.expr, early }).toEqual({ expr: rule.expr, early: [] });
        if (!isAlert(rule)) later.delete(rule.record);
      }
    }
  });
});

describe('what is particular', () => {
  const rule = (catalog: Catalog, slo: string, record: string): string =>
    rulesOf(catalog).find((one) => one.labels['slo'] === slo && !isAlert(one) && one.record === record)?.expr ?? '';

  it('thresholds are exact decimals, not the floats next to them', () => {
    const exprs = rulesOf(shipped()).map(({ expr }) => expr);
    expect(exprs.filter((expr) => expr.includes('> 0.0144\n'))).toHaveLength(1);
    expect(exprs.join('\n')).not.toMatch(/\d\.\d{9}/);
  });

  it('two SLOs whose ids would make one name have groups of their own', () => {
    const slos = [
      aSlo({ id: 'duru-notes/a-b/c', service: 'a-b' }),
      aSlo({ id: 'duru-notes/a/b-c', service: 'a' }),
      aSlo({ id: 'duru-notes/a/d', service: 'a' }),
    ];
    const catalog = { ...shipped(), slos: new Map(slos.map((slo) => [slo.id, slo])), conditions: new Map() };
    expect(groupsOf(catalog).map(({ name }) => name)).toEqual([
      'nines-a-b/c-fast',
      'nines-a-b/c-slow',
      'nines-a/b-c-fast',
      'nines-a/b-c-slow',
      'nines-a-d-fast',
      'nines-a-d-slow',
    ]);
  });

  it('a window of a day has the look-backs that fit into it', () => {
    const window = { kind: 'rolling', days: 1 } as const;
    const slo = aSlo({ window, tiers: defaultTiers(window) });
    const catalog = { ...shipped(), slos: new Map([[slo.id, slo]]), conditions: new Map() };
    const ratios = rulesOf(catalog).flatMap((one) => (isAlert(one) ? [] : (/ratio\d.*/.exec(one.record)?.[0] ?? [])));
    expect(ratios).toEqual(['ratio5m', 'ratio30m', 'ratio1h', 'ratio6h', 'ratio1d']);
  });

  it('data that comes seldom is no silence', () => {
    const { probes } = shipped();
    const health = probes.get('duru-notes/api/health')!;
    const slo = aSlo();
    const catalog = {
      ...shipped(),
      probes: new Map([[health.id, { ...health, intervalMs: 3_600_000 }]]),
      slos: new Map([[slo.id, slo]]),
    };
    expect(rule(catalog, 'availability', 'nines:sli_total:rate5m')).toMatch(/ < 3900\)$/);
  });

  it('links a runbook by its path below the address of runbooks, by its own address, or by the alert', () => {
    const links = new Map(
      rulesOf(measured())
        .filter(isAlert)
        .map(({ alert, labels, annotations }) => [`${labels['slo']} ${alert}`, annotations['runbook_url']]),
    );
    expect(links.get('latency ErrorBudgetBurn')).toBe('https://docs.example.org/runbooks/latency.md');
    expect(links.get('purchases ErrorBudgetBurn')).toBe('https://wiki.example.org/purchases?a=b#c');
    expect(links.get('errors SliNoData')).toBe('https://docs.example.org/runbooks#sli-no-data');
  });

  it('what an old Prometheus cannot serve is told for all SLOs at once', async () => {
    const native = aSlo({
      id: 'duru-notes/api/native',
      indicator: {
        kind: 'promql',
        connector: 'p',
        measure: { kind: 'native-histogram', histogram: 'h', thresholdSeconds: 1 },
        groupBy: [],
      },
    });
    const catalog = { ...shipped(), slos: new Map([...shipped().slos, [native.id, native]]) };
    expect(ruleProblems(catalog, DEFAULT_OPTIONS)).toEqual([
      'duru-notes/api/native measures a native histogram, which needs Prometheus 3.0: the oldest Prometheus to serve is 2.42; say --prometheus-min 3.0 where all are as new',
    ]);
    await expect(generate(catalog, DEFAULT_OPTIONS)).rejects.toThrow('native histogram');
    expect(ruleProblems(catalog, { ...DEFAULT_OPTIONS, prometheusMin: parseVersion('3.0')! })).toEqual([]);
    expect(ruleProblems(catalog, { ...DEFAULT_OPTIONS, prometheusMin: parseVersion('2.20')! })).toHaveLength(4);
  });
});

describe('the rules about Nines itself', () => {
  const catalog = shipped();
  const alerts = selfRuleGroups(catalog)
    .flatMap(({ rules }) => rules)
    .filter(isAlert);

  it('are these', async () => {
    const file = filesOf(catalog).find(({ owner }) => owner === 'shared')!;
    await expect(textOf(file)).toMatchFileSnapshot('../../golden/rules/nines.rules.yml');
  });

  it('go where Nines is not needed, and are no alerts of an SLO', () => {
    for (const { alert, labels } of alerts) {
      expect(labels['nines']).toBe('self');
      expect(identityFromLabels({ ...labels, alertname: alert })).toBeNull();
    }
  });

  it('and those of SLOs are all the alerts that a runbook is promised for', () => {
    const named = new Set([...alerts, ...rulesOf(catalog).filter(isAlert)].map(({ alert }) => alert));
    expect([...named].toSorted()).toEqual(Object.keys(RUNBOOK_ANCHORS).toSorted());
  });
});
