import { createPrometheus } from '../client/prometheus.ts';
import type { RevealedConnector } from '../definition/resolve.ts';
import { createPrometheusProvider } from './prometheus.ts';
import type { Provider, RequestOutcome } from './provider.ts';

export type ProviderParts = { now: () => number; version: string; onRequest: (outcome: RequestOutcome) => void };

const kinds: Readonly<
  Record<RevealedConnector['kind'], (revealed: RevealedConnector, parts: ProviderParts) => Provider>
> = {
  prometheus: (revealed, { now, version, onRequest }) =>
    createPrometheusProvider({
      client: createPrometheus({ ...revealed, userAgent: `nines/${version}` }, now),
      scrapeIntervalMs: revealed.scrapeIntervalMs,
      onRequest,
    }),
};

/** The adapter of a connector's kind. */
export const createProvider = (revealed: RevealedConnector, parts: ProviderParts): Provider =>
  kinds[revealed.kind](revealed, parts);
