import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/generate/finish.ts';
import { catalogOfShop, dashboardsOf } from './catalog.ts';
import { chartsOf, faultsIn, modelOf, type PanelModel } from './lint.ts';
import { grafanaModel, PANEL_KINDS, type Model } from './schema.ts';

const all = dashboardsOf(catalogOfShop());
const detail = all.get('dashboards/nines-slo-detail.json')!;

/** A copy with something changed. */
const changed = (change: (dashboard: Record<string, any>) => void): JsonObject => {
  const copy = structuredClone(detail) as unknown as Record<string, unknown>;
  change(copy);
  return copy as JsonObject;
};
const panel = (dashboard: Record<string, any>, type: string): Record<string, any> =>
  (dashboard['panels'] as Record<string, any>[]).find((one) => one['type'] === type)!;

describe("Grafana's own types", () => {
  let model: Model;
  beforeAll(() => {
    model = grafanaModel();
  });

  it.each([...all])('accept %s', (_, dashboard) => expect(model.mistakesIn(dashboard)).toEqual([]));

  it('know every kind of panel that is drawn', () => {
    const drawn = new Set([...all.values()].flatMap((one) => chartsOf(one).map(({ type }) => type)));
    expect([...drawn].toSorted()).toEqual(PANEL_KINDS.toSorted());
  });

  it.each<[string, (dashboard: Record<string, any>) => void]>([
    ['a misspelt key of a panel', (one) => (panel(one, 'stat')['gridpos'] = {})],
    ['a misspelt key of the dashboard', (one) => (one['graphToolTip'] = 1)],
    ['a misspelt option', (one) => (panel(one, 'stat')['options'].graphmode = 'none')],
    ['an option of another Grafana', (one) => (panel(one, 'table')['options'].footer = { show: false })],
    ['a misspelt field setting', (one) => (panel(one, 'timeseries')['fieldConfig'].defaults.custom.lineWith = 1)],
    [
      'an unknown mode of thresholds',
      (one) => (panel(one, 'stat')['fieldConfig'].defaults.thresholds.mode = 'percent'),
    ],
    ['text where a number belongs', (one) => (panel(one, 'stat')['gridPos'].w = '4')],
    ['a panel without a type', (one) => delete panel(one, 'stat')['type']],
    ['a variable with leftovers of the builder', (one) => (one['templating'].list[0].auto = false)],
    ['a wrong refresh', (one) => (one['templating'].list[1].refresh = 9)],
  ])('catch %s', (_, change) => expect(model.mistakesIn(changed(change))).not.toEqual([]));
});

describe('rules for dashboards', () => {
  it.each([...all])('are kept by %s', (_, dashboard) => expect(faultsIn(dashboard)).toEqual([]));

  it.each<[string, (dashboard: Record<string, any>) => void]>([
    ['an invented value', (one) => (panel(one, 'stat')['targets'][0].expr += ' or vector(1)')],
    ['a fixed range', (one) => (panel(one, 'timeseries')['targets'][0].expr = 'rate(a_total{b="c"}[5m])')],
    [
      'a sum over all of the time at every point',
      (one) => (panel(one, 'timeseries')['targets'][0].expr = 'changes(a[$__range])'),
    ],
    ['a counter as it is', (one) => (panel(one, 'timeseries')['targets'][0].expr = 'a_total{b="c"}')],
    ['a data source of its own', (one) => (panel(one, 'stat')['datasource'].uid = 'abc')],
    ['two panels of one id', (one) => (panel(one, 'stat')['id'] = panel(one, 'table')['id'])],
    ['a panel that covers another', (one) => (panel(one, 'stat')['gridPos'].w = 8)],
    ['a hole', (one) => (panel(one, 'stat')['gridPos'].w = 3)],
    ['a variable that does not exist', (one) => (panel(one, 'stat')['targets'][0].expr = 'up{a="$b"}')],
    [
      'a list that nothing uses',
      (one) => one['templating'].list.push({ ...one['templating'].list[1], name: 'region' }),
    ],
    ['thresholds that fall', (one) => panel(one, 'stat')['fieldConfig'].defaults.thresholds.steps.reverse()],
    ['a panel without a word for no data', (one) => delete panel(one, 'stat')['fieldConfig'].defaults.noValue],
    ['a panel without a description', (one) => (panel(one, 'stat')['description'] = '')],
  ])('catch %s', (_, change) => expect(faultsIn(changed(change))).not.toEqual([]));

  it('give every dashboard a uid, a title and a file of its own', () => {
    const models = [...all.values()].map(modelOf);
    expect(new Set(models.map(({ title }) => title)).size).toBe(all.size);
    expect([...all.keys()]).toEqual(models.map(({ uid }) => `dashboards/${uid}.json`));
  });

  it('let links lead only to dashboards and variables that exist', () => {
    const byUid = new Map([...all.values()].map((one) => [modelOf(one).uid, modelOf(one)]));
    const links = [...all.values()].flatMap((one) => [
      ...JSON.stringify(one).matchAll(/"url":"\/d\/([^"?]+)\?([^"]*)"/g),
    ]);
    expect(links.length).toBeGreaterThan(0);
    for (const [, uid = '', query = ''] of links) {
      const names = byUid.get(uid)?.templating.list.map(({ name }) => name);
      expect({ uid, exists: names !== undefined }).toEqual({ uid, exists: true });
      for (const [, name] of query.matchAll(/var-(\w+)=/g)) expect(names).toContain(name);
    }
  });

  it('open no more panels than a phone can load', () => {
    for (const one of all.values())
      expect(modelOf(one).panels.filter(({ type }: PanelModel) => type !== 'row').length).toBeLessThanOrEqual(25);
  });
});
