import type { Assertion, Auth, CheckTarget, HttpTarget, Judged, Reach, Tls } from '../probe/targets.ts';
import type { ActiveProbeSpec } from './catalog.ts';
import { ms } from './meaning.ts';

type HttpSpec = Extract<ActiveProbeSpec, { kind: 'http' }>;
type Written = HttpSpec['assert'][number];
type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the fields that are undefined: `equals?: string` does not take one. */
const present = <T extends object>(value: T): Present<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Present<T>;

const assertionsOf = (written: Written): Assertion[] => {
  const made: (Assertion | null | undefined)[] = [
    written.status === undefined
      ? null
      : { kind: 'status', expected: Array.isArray(written.status) ? written.status : [written.status] },
    written.header && { kind: 'header', ...present(written.header) },
    written.json && { kind: 'json', ...written.json },
    written.body && { kind: 'body', ...present(written.body) },
    written.hsts && {
      kind: 'hsts',
      maxAgeMs: ms(written.hsts.maxAge),
      includeSubDomains: written.hsts.includeSubDomains,
      preload: written.hsts.preload,
    },
    written.cors && { kind: 'cors', ...written.cors, method: written.cors.method ?? null },
    written.encoding && { kind: 'encoding', expected: written.encoding },
    written.certificate === undefined ? null : { kind: 'certificate', validForMs: ms(written.certificate) },
    written.issuer && { kind: 'issuer', ...present(written.issuer) },
    written.minVersion && { kind: 'min-version', version: written.minVersion },
    written.refuses && { kind: 'refuses', versions: written.refuses },
    written.answers && { kind: 'answers', ...present(written.answers) },
    written.code && { kind: 'code', expected: written.code },
    written.reading && { kind: 'reading', ...present(written.reading) },
    written.responseTime === undefined ? null : { kind: 'response-time', belowMs: ms(written.responseTime) },
  ];
  return made.filter((one) => one !== null && one !== undefined);
};

const judgedOf = ({ assert, degraded }: Pick<HttpSpec, 'assert' | 'degraded'>): Judged => ({
  assertions: assert.flatMap(assertionsOf),
  degraded: degraded.flatMap(assertionsOf),
});

const reachOf = ({
  ip,
  resolver,
  addresses,
  allow,
}: Pick<HttpSpec, 'ip' | 'resolver' | 'addresses' | 'allow'>): Reach => ({
  ip,
  resolver: resolver ?? null,
  addresses,
  allow,
});

const tlsOf = (spec: Pick<HttpSpec, 'ca' | 'serverName' | 'verify' | 'clientCertificate'>): Tls => ({
  ca: spec.ca ?? null,
  serverName: spec.serverName ?? null,
  verify: spec.verify,
  clientCertificate: spec.clientCertificate ?? null,
});

const authOf = (auth: HttpSpec['auth']): Auth | null => {
  if (auth === undefined) return null;
  if ('basic' in auth) return { kind: 'basic', ...auth.basic };
  if ('bearer' in auth) return { kind: 'bearer', token: auth.bearer };
  const { scope, audience, ...client } = auth.oauth2;
  return { kind: 'oauth2', ...client, scope: scope ?? null, audience: audience ?? null };
};

const httpOf = (spec: HttpSpec): HttpTarget => {
  const { graphql } = spec;
  const asked = graphql && {
    query: graphql.query,
    ...(graphql.variables && { variables: graphql.variables }),
    ...(graphql.operation && { operationName: graphql.operation }),
  };
  return {
    kind: 'http',
    url: spec.url,
    method: graphql ? 'POST' : spec.method,
    headers: graphql ? { 'content-type': 'application/json', ...spec.headers } : spec.headers,
    body: asked ? JSON.stringify(asked) : (spec.body ?? null),
    graphql: graphql !== undefined,
    auth: authOf(spec.auth),
    proxy: spec.proxy ?? null,
    compression: spec.compression ?? [],
    redirects: spec.redirects,
    maxBodyBytes: spec.maxBodyBytes,
    close: spec.close,
    reach: reachOf(spec),
    tls: tlsOf(spec),
    ...judgedOf(spec),
  };
};

/** What a probe's spec, its references filled in, asks a prober to do. */
export const checkOf = (spec: ActiveProbeSpec): CheckTarget => {
  switch (spec.kind) {
    case 'http':
      return httpOf(spec);
    case 'tcp': {
      const { address, secure, startTls, steps } = spec;
      const talk = steps.map(({ send, expect }) => ({ send: send ?? null, expect: expect ?? null }));
      const door = { address, secure, startTls: startTls ?? null, reach: reachOf(spec), tls: tlsOf(spec) };
      return { kind: 'tcp', ...door, steps: talk, ...judgedOf(spec) };
    }
    case 'tls': {
      const door = { address: spec.address, startTls: spec.startTls ?? null, reach: reachOf(spec), tls: tlsOf(spec) };
      return { kind: 'tls', ...door, ...judgedOf(spec) };
    }
    case 'dns':
      return { kind: 'dns', name: spec.name, type: spec.type, server: spec.server ?? null, ...judgedOf(spec) };
    case 'postgres': {
      const { url, query } = spec;
      return { kind: 'postgres', url, query, reach: reachOf(spec), tls: tlsOf(spec), ...judgedOf(spec) };
    }
    case 'redis':
      return { kind: 'redis', url: spec.url, reach: reachOf(spec), tls: tlsOf(spec), ...judgedOf(spec) };
    case 'grpc': {
      const { address, secure, service } = spec;
      return { kind: 'grpc', address, secure, service, reach: reachOf(spec), tls: tlsOf(spec), ...judgedOf(spec) };
    }
    case 'icmp':
      return { kind: 'icmp', host: spec.host, reach: reachOf(spec), ...judgedOf(spec) };
  }
};
