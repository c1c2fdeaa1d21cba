import { withCode } from '../net/reasons.ts';
import type { Hop } from './redirects.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** What a request line asks for: a path of the server that we are connected to, or a whole URL of a proxy. */
export type Form = 'origin' | 'absolute';

/** One `name: value` line. Throws node's code for what cannot be sent, and never shows the value. */
export const headerLine = (name: string, value: string): string => {
  if (!TOKEN.test(name)) throw withCode('ERR_INVALID_HTTP_TOKEN', 'A header name cannot be sent.');
  if (UNSENDABLE.test(value)) throw withCode('ERR_INVALID_CHAR', 'A header value cannot be sent.');
  return `${name}: ${value}\r\n`;
};

const build = ({ method, url, headers, body }: Hop, form: Form, more: Readonly<Record<string, string>>): Buffer => {
  const path = `${url.pathname}${url.search}`;
  const lines = Object.entries({ ...headers, ...more }).map(([name, value]) => headerLine(name, value));
  const head = `${method} ${form === 'origin' ? path : `${url.protocol}//${url.host}${path}`} HTTP/1.1\r\n`;
  const bytes = Buffer.from(`${head}${lines.join('')}\r\n`, 'latin1');
  return body === null ? bytes : Buffer.concat([bytes, Buffer.from(body)]);
};

const built = new WeakMap<Hop, Buffer>();

/** The bytes of a request. Those for the server itself are built once: the first hop is the same in each check. */
export const requestBytes = (hop: Hop): Buffer => {
  const known = built.get(hop);
  if (known) return known;
  const bytes = build(hop, 'origin', {});
  built.set(hop, bytes);
  return bytes;
};

/** The bytes of a request that a proxy passes on; `credentials` are for the proxy. */
export const proxiedBytes = (hop: Hop, credentials: Readonly<Record<string, string>>): Buffer =>
  build(hop, 'absolute', credentials);
