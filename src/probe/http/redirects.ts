import type { IncomingHttpHeaders } from 'node:http';
import type { HttpTarget } from '../targets.ts';
import { fail, type Failure } from '../net/reasons.ts';
import { corsHeaders } from './cors.ts';
import { base64, decode, isOpenHeader, shownUrl } from './secrets.ts';

/** One request of a check. `headers` have lower-case names; `seen` holds every method and URL so far. */
export type Hop = {
  url: URL;
  method: HttpTarget['method'];
  headers: Readonly<Record<string, string>>;
  body: string | null;
  count: number;
  seen: ReadonlySet<string>;
};

/** These are ours to say: they decide how the connection is used. */
const OURS = new Set([
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);
/** About the body; gone when a redirect drops it. */
const ABOUT_BODY = new Set(['content-type', 'content-length', 'content-encoding', 'content-language']);

export const isHttp = ({ protocol }: URL): boolean => protocol === 'http:' || protocol === 'https:';

const keyOf = (method: string, url: URL): string => `${method} ${url.href}`;

const without = (headers: Readonly<Record<string, string>>, drop: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !drop(name)));

const basic = (user: string, password: string) => ({ authorization: `Basic ${base64(`${user}:${password}`)}` });

const inUrl = (url: URL): Record<string, string> =>
  url.username === '' && url.password === '' ? {} : basic(decode(url.username), decode(url.password));

/** A token that has to be fetched is put in by `withToken` once it is there. */
const signedIn = (auth: HttpTarget['auth']): Record<string, string> => {
  if (auth?.kind === 'basic') return basic(auth.user, auth.password);
  return auth?.kind === 'bearer' ? { authorization: `Bearer ${auth.token}` } : {};
};

export const withToken = (hop: Hop, token: string): Hop => ({
  ...hop,
  headers: { ...hop.headers, authorization: `Bearer ${token}` },
});

const lengthOf = ({ method, body }: Pick<HttpTarget, 'method' | 'body'>): Record<string, string> => {
  if (body !== null) return { 'content-length': String(Buffer.byteLength(body)) };
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? {} : { 'content-length': '0' };
};

/** What is always sent: a closed connection, and which encodings we read: none that nobody asked for. */
export const firstHop = (target: HttpTarget): Hop => {
  const url = new URL(target.url);
  const given = Object.fromEntries(Object.entries(target.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const headers = {
    host: url.host,
    'user-agent': 'nines',
    accept: '*/*',
    'accept-encoding': target.compression.join(', ') || 'identity',
    ...inUrl(url),
    ...corsHeaders(target),
    ...without(given, (name) => OURS.has(name)),
    ...signedIn(target.auth),
    ...lengthOf(target),
    connection: 'close',
  };
  return {
    url,
    method: target.method,
    headers,
    body: target.body,
    count: 0,
    seen: new Set([keyOf(target.method, url)]),
  };
};

const becomesGet = (status: number, method: HttpTarget['method']): boolean =>
  (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST');

const refusal = (hop: Hop, to: URL, keepsBody: boolean, policy: HttpTarget['redirects']): Failure | null => {
  const shown = shownUrl(to);
  if (!isHttp(to)) return fail('redirect-refused', `a redirect led to ${to.protocol}, which is not HTTP`);
  if (hop.url.protocol === 'https:' && to.protocol === 'http:' && !policy.allowDowngrade)
    return fail('redirect-refused', `a redirect led from https to ${shown}`);
  if (keepsBody && to.origin !== hop.url.origin)
    return fail('redirect-refused', `a redirect would send the request body to another origin, ${shown}`);
  return null;
};

/** The hop that an answer asks for; null when it asks for none, a failure when the policy forbids it. */
export const nextHop = (
  hop: Hop,
  status: number,
  headers: IncomingHttpHeaders,
  policy: HttpTarget['redirects'],
): Hop | Failure | null => {
  const { location } = headers;
  if (!policy.follow || location === undefined || ![301, 302, 303, 307, 308].includes(status)) return null;
  const url = URL.parse(location, hop.url);
  if (!url) return fail('protocol', `status ${status} came with a Location that is not a URL`);
  url.hash = '';
  const toGet = becomesGet(status, hop.method);
  const refused = refusal(hop, url, !toGet && hop.body !== null, policy);
  if (refused) return refused;
  const method = toGet ? 'GET' : hop.method;
  const key = keyOf(method, url);
  if (hop.seen.has(key)) return fail('redirect-loop', `redirects lead in a circle, back to ${shownUrl(url)}`);
  if (hop.count >= policy.limit)
    return fail('redirect-limit', `more than ${policy.limit} redirects, the next one to ${shownUrl(url)}`);
  const crosses = url.origin !== hop.url.origin;
  const kept = without(hop.headers, (name) => (crosses && !isOpenHeader(name)) || (toGet && ABOUT_BODY.has(name)));
  // A host of our own choice is for the first origin only.
  const host = crosses ? { host: url.host } : {};
  return {
    url,
    method,
    headers: { ...kept, ...host },
    body: toGet ? null : hop.body,
    count: hop.count + 1,
    seen: new Set([...hop.seen, key]),
  };
};
