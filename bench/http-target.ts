import type { Target } from '../src/probe/probe.ts';

/** One HTTP target as a definition that says nothing but its address asks for. */
export const benchTarget = (id: string, url: string, intervalMs: number, ca: string | null = null): Target => ({
  id,
  intervalMs,
  timeoutMs: Math.min(5_000, intervalMs),
  retries: { count: 0, waitMs: 0 },
  budget: null,
  check: {
    kind: 'http',
    url,
    method: 'GET',
    headers: {},
    body: null,
    graphql: false,
    auth: null,
    proxy: null,
    compression: [],
    redirects: { follow: true, limit: 5, allowDowngrade: false },
    maxBodyBytes: 1024 * 1024,
    close: 'close',
    reach: { ip: 'prefer-v4', resolver: null, addresses: 'one', allow: [] },
    tls: { ca, serverName: null, verify: true, clientCertificate: null },
    assertions: [{ kind: 'status', expected: ['2xx'] }],
    degraded: [],
  },
});
