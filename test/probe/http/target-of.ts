import type { HttpTarget } from '../../../src/probe/targets.ts';
import { REACH, TLS } from '../target.ts';

/** What a definition that says nothing but its address asks for. */
export const target = (url: string, more: Partial<HttpTarget> = {}): HttpTarget => ({
  kind: 'http',
  url,
  method: 'GET',
  headers: {},
  body: null,
  redirects: { follow: true, limit: 5, allowDowngrade: false },
  maxBodyBytes: 1024 * 1024,
  graphql: false,
  auth: null,
  proxy: null,
  compression: [],
  close: 'close',
  reach: REACH,
  tls: TLS,
  assertions: [{ kind: 'status', expected: ['2xx'] }],
  degraded: [],
  ...more,
});
