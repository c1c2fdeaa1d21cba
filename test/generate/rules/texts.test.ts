import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/definition/catalog.ts';
import { absenceText } from '../../../src/generate/rules/absence-text.ts';
import { burnAlerts } from '../../../src/generate/rules/burn.ts';
import { runbookUrl } from '../../../src/generate/rules/links.ts';
import { sloTitle, titleOf } from '../../../src/generate/rules/naming.ts';
import { subjectOf } from '../../../src/generate/rules/subject.ts';
import { defaultTiers } from '../../../src/slo/burn-policy.ts';
import type { Slo } from '../../../src/slo/slo.ts';
import { aSlo } from '../../slo/a-slo.ts';
import { measured, shipped } from './catalogs.ts';
import { failures, isMissing } from './promtool.ts';

const about = (slo: Slo, catalog: Catalog = shipped()) => subjectOf(catalog, slo);

describe('what an alert is called', () => {
  const named = (system: string, service: string, name: string): string => {
    const catalog = measured();
    const systems = new Map([['shop', { ...catalog.systems.get('shop')!, name: system }]]);
    const services = new Map([['shop/checkout', { ...catalog.services.get('shop/checkout')!, name: service }]]);
    return titleOf({ ...catalog, systems, services }, { system: 'shop', service: 'checkout' }, name);
  };

  it.each([
    ['Shop', 'Checkout', 'Availability', 'Shop / Checkout: Availability'],
    ['Shop', 'Checkout', 'Checkout availability', 'Shop: Checkout availability'],
    ['Shop', 'Shop checkout', 'Orders', 'Shop checkout: Orders'],
    ['Shop', 'Checkout', 'Availability of the shop checkout', 'Availability of the shop checkout'],
    // A part of a word is no name.
    ['Shop', 'API', 'Capital', 'Shop / API: Capital'],
    ['Shop', 'Caffè', 'Caffè-Latenz', 'Shop: Caffè-Latenz'],
    ['{{ shop }}', 'Checkout', 'Orders', '{{ "{{" }} shop }} / Checkout: Orders'],
  ])('in %s, %s: %s', (system, service, name, title) => expect(named(system, service, name)).toBe(title));

  it('is the id where there is no name', () => {
    expect(sloTitle(about(aSlo({ id: 'x/y/z', system: 'x', service: 'y', name: 'Z' })))).toBe('x / y: Z');
  });
});

describe('an alert of a group', () => {
  it('names it in what is read on a phone and in what is read after it', () => {
    const catalog = measured();
    const slo = catalog.slos.get('shop/checkout/by-region')!;
    const groups = { ...slo, indicator: { ...slo.indicator, groupBy: ['region', 'zone'] } } as Slo;
    for (const { annotations } of burnAlerts(about(groups, catalog), groups.tiers)) {
      expect(annotations['summary']).toContain(
        'Shop: Checkout by-region (region {{ $labels.region }}, zone {{ $labels.zone }}) burns',
      );
      expect(annotations['description']).toContain(
        'events of region {{ $labels.region }}, zone {{ $labels.zone }} were',
      );
    }
  });
});

describe.skipIf(isMissing)('an alert of a budget', () => {
  const ID = '{system="duru-notes",environment="production",service="api",slo="availability"}';

  it('says nothing of a budget of which next to nothing is lost yet', () => {
    // Six minutes of the year in which one of ten may fail.
    const window = { kind: 'rolling', days: 365 } as const;
    const [tier] = defaultTiers(window);
    const slo = aSlo({ window, objective: 900_000, tiers: [{ ...tier!, factor: 0.5 }] });
    const story = {
      interval: '30s',
      series: {
        [`nines_sli_events_total${ID}`]: '0+30x139',
        [`nines_sli_bad_total${ID}`]: '0x119 0+30x19',
        [`nines_sli_last_data_timestamp_seconds${ID}`]: '0+30x139',
        [`nines_slo_configured${ID}`]: '1x140',
      },
      expect: [],
      alerts: [
        {
          eval_time: '66m',
          alertname: 'ErrorBudgetBurn',
          exp_alerts: [
            {
              exp_labels: {
                system: 'duru-notes',
                environment: 'production',
                service: 'api',
                slo: 'availability',
                tier: 'page-fast',
                severity: 'critical',
                long_window: '1h',
                short_window: '5m',
              },
              exp_annotations: {
                summary: 'Duru Notes: API availability burns its error budget more than 0.5 times too fast.',
                description: '10% of events were bad in 1 h (burn rate 1, limit 0.5).',
                runbook_url: 'http://localhost:9700/runbooks/error-budget-burn',
                dashboard_url:
                  'http://localhost:3000/d/nines-slo-detail?var-system=duru-notes&var-environment=production&var-service=api&var-slo=availability',
                nines_url: 'http://localhost:9700/slos/duru-notes/api/availability',
              },
            },
          ],
        },
      ],
    } as const;
    expect(failures({ ...shipped(), slos: new Map([[slo.id, slo]]), conditions: new Map() }, story)).toBe('');
  });
});

describe('silence', () => {
  it('of a latency may be an outage; of requests it may be that none arrive', () => {
    const latency = { kind: 'latency', probes: ['duru-notes/api/health'], thresholdMs: 300 } as const;
    expect(absenceText(about(aSlo({ indicator: latency })), 'traffic')).toEqual([
      'Duru Notes: API availability sees no traffic.',
      'The source answers, but nothing has counted for 15 m: a failed check has no latency, so the service may be down.',
    ]);
    expect(absenceText(about(aSlo()), 'traffic')[1]).toBe(
      'The source answers, but nothing has counted for 15 m: there were no requests, or none that reached it.',
    );
    expect(absenceText(about(aSlo()), 'data')[0]).toBe('Duru Notes: API availability has no data.');
  });
});

describe('the runbook of a kind of alert', () => {
  const urlWith = (links: Partial<Catalog['links']>): string => {
    const catalog = shipped();
    return runbookUrl({ ...catalog, links: { ...catalog.links, ...links } }, 'ErrorBudgetBurn');
  };

  it('is a page of Nines, which a login leads back to, and an anchor elsewhere', () => {
    const nines = 'https://nines.example.org/below';
    expect(urlWith({ nines, runbooks: `${nines}/runbooks` })).toBe(`${nines}/runbooks/error-budget-burn`);
    expect(urlWith({ nines, runbooks: 'https://wiki.example.org/runbooks' })).toBe(
      'https://wiki.example.org/runbooks#error-budget-burn',
    );
  });
});
