import { POLICIES, SYSTEM } from './definitions.ts';

const REQUESTS = `{ kind: promql, connector: metrics, errors: 'http_requests_total{code=~"5.."}', total: http_requests_total }`;

/** The shop, its availability read from a Prometheus at `url` instead of from checks. */
export const pulled = (url: string, indicator = REQUESTS, more = ''): Record<string, string> => ({
  'policies.yaml': POLICIES,
  'shop.yaml': SYSTEM.replace('{ kind: probe, probes: [health] }', indicator).replace(
    'services:',
    `connectors:\n  - { id: metrics, kind: prometheus, url: '${url}', timeout: 2s${more} }\nservices:`,
  ),
});
