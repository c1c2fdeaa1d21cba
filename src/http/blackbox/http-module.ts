import type { CheckResult } from '../../probe/probe.ts';
import type { Assertion, Auth, HttpTarget } from '../../probe/targets.ts';
import { hostOf, mayVisit } from './address.ts';
import { reachOf, textOf, tlsOf } from './connection.ts';
import type { Module, World } from './module.ts';
import { fromGo, nowhere } from './patterns.ts';
import type { HttpSpec } from './schema.ts';

const MAX_BODY_BYTES = 1024 * 1024;
/** As blackbox_exporter follows. */
const MAX_REDIRECTS = 10;

const said = (pattern: string): string => fromGo(pattern) ?? pattern;

const assertionsOf = (spec: HttpSpec): Assertion[] => [
  { kind: 'status', expected: spec.valid_status_codes.length > 0 ? spec.valid_status_codes : ['2xx'] },
  ...spec.fail_if_header_matches.map(({ header, regexp }): Assertion => ({
    kind: 'header',
    name: header,
    matches: nowhere(said(regexp)),
  })),
  ...spec.fail_if_header_not_matches.map(({ header, regexp }): Assertion => ({
    kind: 'header',
    name: header,
    matches: said(regexp),
  })),
  ...spec.fail_if_body_matches_regexp.map((one): Assertion => ({ kind: 'body', matches: said(one), not: true })),
  ...spec.fail_if_body_not_matches_regexp.map((one): Assertion => ({ kind: 'body', matches: said(one) })),
  ...(isCompressed(spec.compression) ? [{ kind: 'encoding', expected: spec.compression } as const] : []),
];

const isCompressed = (compression: HttpSpec['compression']): compression is 'gzip' | 'br' | 'deflate' =>
  compression !== '' && compression !== 'identity';

/** What goes out as a header, or is fetched for it; at most one way to sign in counts. */
const authOf = (spec: HttpSpec, world: World): Auth | null => {
  const { basic_auth: basic, authorization, oauth2 } = spec;
  const bearer = textOf(spec, 'bearer_token', ['http'], world);
  const ways = [basic, authorization, oauth2, bearer ?? undefined].filter((way) => way !== undefined);
  if (ways.length > 1) world.report(['http'], 'http must have at most one way to sign in');
  if (bearer !== null) return { kind: 'bearer', token: bearer };
  if (basic) {
    const password = textOf(basic, 'password', ['http', 'basic_auth'], world) ?? '';
    return { kind: 'basic', user: basic.username, password };
  }
  if (authorization?.type.toLowerCase() === 'bearer')
    return { kind: 'bearer', token: textOf(authorization, 'credentials', ['http', 'authorization'], world) ?? '' };
  if (!oauth2) return null;
  return {
    kind: 'oauth2',
    tokenUrl: oauth2.token_url,
    clientId: oauth2.client_id,
    clientSecret: textOf(oauth2, 'client_secret', ['http', 'oauth2'], world) ?? '',
    scope: oauth2.scopes.length > 0 ? oauth2.scopes.join(' ') : null,
    audience: oauth2.endpoint_params.audience ?? null,
  };
};

const headersOf = (spec: HttpSpec, world: World): Record<string, string> => {
  const { authorization } = spec;
  if (!authorization || authorization.type.toLowerCase() === 'bearer') return spec.headers;
  const credentials = textOf(authorization, 'credentials', ['http', 'authorization'], world) ?? '';
  return { ...spec.headers, Authorization: `${authorization.type} ${credentials}` };
};

const hostHeader = (headers: Readonly<Record<string, string>>): string | null =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1] ?? null;

/** The url of a target, with `http://` in front of one without a scheme; null when it is none. */
const urlOf = (target: string): URL | null => URL.parse(/^https?:\/\//i.test(target) ? target : `http://${target}`);

const isSecure = ({ facts, certificateExpiresAt }: CheckResult): boolean =>
  facts?.['http_ssl'] === undefined ? certificateExpiresAt !== null : facts['http_ssl'] === 1;

const objectionOf =
  (spec: HttpSpec): Module['objection'] =>
  (result) => {
    if (result.status === null) return null;
    if (spec.fail_if_ssl && isSecure(result)) return 'the last request was made with TLS';
    if (spec.fail_if_not_ssl && !isSecure(result)) return 'the last request was made without TLS';
    const version = result.facts?.['http_version'];
    const isKnown = version === undefined || spec.valid_http_versions.includes(`HTTP/${Number(version).toFixed(1)}`);
    return spec.valid_http_versions.length > 0 && !isKnown ? `the answer came by HTTP/${version}` : null;
  };

export const httpModule = (spec: HttpSpec, world: World): Pick<Module, 'checkOf' | 'objection'> => {
  const headers = headersOf(spec, world);
  const tls = tlsOf(spec.tls_config, ['http', 'tls_config'], world);
  const body = textOf({ ...spec, body: spec.body || undefined }, 'body', ['http'], world);
  const common: Omit<HttpTarget, 'url' | 'headers' | 'tls'> = {
    kind: 'http',
    method: spec.method,
    body,
    graphql: false,
    auth: authOf(spec, world),
    proxy: spec.proxy_url ?? null,
    compression: isCompressed(spec.compression) ? [spec.compression] : [],
    redirects: {
      follow: spec.follow_redirects && !spec.no_follow_redirects,
      limit: MAX_REDIRECTS,
      allowDowngrade: true,
    },
    maxBodyBytes: MAX_BODY_BYTES,
    close: 'close',
    reach: reachOf(spec, world.allow),
    assertions: assertionsOf(spec),
    degraded: [],
  };
  return {
    checkOf: (target, hostname) => {
      const url = urlOf(target);
      const host = url && hostOf(url.hostname);
      if (!url || host === null || !mayVisit(host, world.allow)) return null;
      const asked = hostname ?? hostHeader(headers);
      return {
        ...common,
        url: url.href,
        headers: hostname === null ? headers : { ...headers, Host: hostname },
        // Who is asked for under another name shows the certificate of that name.
        tls: { ...tls, serverName: tls.serverName ?? asked?.replace(/:\d+$/, '') ?? null },
      };
    },
    objection: objectionOf(spec),
  };
};
