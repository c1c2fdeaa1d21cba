import type { Catalog, CatalogConnector } from '../../src/definition/catalog.ts';
import { MINUTE, SECOND } from '../../src/duration.ts';
import type { PulledIndicator } from '../../src/provider/provider.ts';

const METRICS = 'shop/metrics';

/** What the shop's availability is read from, where a test does not say otherwise. */
export const REQUESTS: PulledIndicator = {
  kind: 'promql',
  connector: METRICS,
  measure: { kind: 'errors', errors: 'http_requests_total{code=~"5.."}', total: 'http_requests_total' },
  groupBy: [],
};

/** The shop, its availability read from a Prometheus at `url` instead of from checks. */
export const pulling =
  (url: string, indicator: PulledIndicator = REQUESTS, token?: string) =>
  (catalog: Catalog): Catalog => {
    const connector: CatalogConnector = {
      id: METRICS,
      system: 'shop',
      local: 'metrics',
      notConfigured: null,
      kind: 'prometheus',
      spec: {
        id: 'metrics',
        kind: 'prometheus',
        url,
        ...(token === undefined ? {} : { token }),
        headers: {},
        scrapeInterval: '30s',
        settle: '30s',
        timeout: '2s',
      },
    };
    const slos = [...catalog.slos].map(
      ([id, slo]) => [id, { ...slo, indicator, minBad: 10, settleLagMs: 30 * SECOND + MINUTE + 10 * SECOND }] as const,
    );
    return { ...catalog, connectors: new Map([[METRICS, connector]]), slos: new Map(slos) };
  };
