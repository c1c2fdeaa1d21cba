import type { IncomingHttpHeaders } from 'node:http';

/** The head of an answer: names in lower case, values as node:http gives them. */
export type Head = { httpVersion: string; status: number; headers: IncomingHttpHeaders };

/** How a body ends: after so many bytes, by its chunks, with the connection, or there is none. */
export type Framing = { kind: 'fixed'; bytes: number } | { kind: 'chunked' | 'until-end' | 'none' };

/** Field lines as they come in; `length` and `coding` are what frames the body. */
export type Fields = { headers: Record<string, string | string[]>; length: number | null; coding: string | null };

const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-9][0-9]{2})(?:$| [^\r]*$)/;
const UNFINISHED = /^(?:|H|HT|HTT|HTTP|HTTP\/(?:1(?:\.(?:[01](?: (?:[1-9](?:[0-9](?:[0-9](?: .*)?)?)?)?)?)?)?)?)\r?$/s;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const CONTROL = /[^\t\x20-\x7e\x80-\xff]/;
const DIGITS = /^[0-9]+$/;

/** Names of which node:http keeps the first value only; others are joined. */
const SINGLE = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
]);

/** Without a prototype, so that a field of any name is a field and nothing else. */
export const noFields = (): Fields => ({
  headers: Object.create(null) as Fields['headers'],
  length: null,
  coding: null,
});

/** Version and status of a status line, RFC 9112 section 4; null when it is none. Only HTTP/1.0 and 1.1 speak so. */
export const readStatus = (line: string): Pick<Head, 'httpVersion' | 'status'> | null => {
  const [, httpVersion, status] = STATUS_LINE.exec(line) ?? [];
  return httpVersion === undefined ? null : { httpVersion, status: Number(status) };
};

/** False when no status line begins like this: a banner of another protocol may never send its end of line. */
export const couldBeStatus = (start: string): boolean => UNFINISHED.test(start);

const MOST = 2n ** 64n;

/**
 * Bytes that digits (`0x…` for hexadecimal ones) announce; null from 2^64 on, where llhttp stops too. Near that it is
 * not exact, and need not be: nobody ever reads so far.
 */
export const sizeOf = (digits: string): number | null => {
  const size = Number(digits);
  return Number.isSafeInteger(size) || BigInt(digits) < MOST ? size : null;
};

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

const trimmed = (line: string, from: number): string => {
  let start = from;
  let end = line.length;
  while (start < end && isSpace(line.charCodeAt(start))) start++;
  while (end > start && isSpace(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
};

const keep = ({ headers }: Fields, name: string, value: string): void => {
  const before = headers[name];
  if (name === 'set-cookie') headers[name] = Array.isArray(before) ? [...before, value] : [value];
  else if (before === undefined) headers[name] = value;
  else if (!SINGLE.has(name)) headers[name] = `${String(before)}${name === 'cookie' ? '; ' : ', '}${value}`;
};

const frame = (fields: Fields, name: string, value: string): string | null => {
  const coded = name === 'transfer-encoding';
  if (coded ? fields.length !== null : fields.coding !== null)
    return 'it has both a Content-Length and a Transfer-Encoding';
  if (coded) {
    if (value === '') return 'its Transfer-Encoding is empty';
    fields.coding = fields.coding === null ? value : `${fields.coding}, ${value}`;
    return null;
  }
  if (fields.length !== null) return 'it has more than one Content-Length';
  const length = DIGITS.test(value) ? sizeOf(value) : null;
  if (length === null) return 'its Content-Length is no length';
  fields.length = length;
  return null;
};

/** Takes in one field line; gives what is wrong with it, in words that follow "not valid HTTP:". */
export const takeField = (fields: Fields, line: string): string | null => {
  if (isSpace(line.charCodeAt(0))) return 'a header is continued on a second line';
  const colon = line.indexOf(':');
  if (colon < 0) return 'a header line has no colon';
  const written = line.slice(0, colon);
  if (!TOKEN.test(written)) return 'a header name has characters that none may have';
  const value = trimmed(line, colon + 1);
  if (CONTROL.test(line)) return 'a header has control characters';
  const name = written.toLowerCase();
  const wrong = name === 'content-length' || name === 'transfer-encoding' ? frame(fields, name, value) : null;
  if (wrong === null) keep(fields, name, value);
  return wrong;
};

const isChunked = (coding: string): boolean => /(?:^|,)[\t ]*chunked$/i.test(coding);

/** RFC 9112 section 6.3. `toHead`: the request was a HEAD. */
export const framingOf = (status: number, { length, coding }: Fields, toHead: boolean): Framing => {
  if (toHead || status < 200 || status === 204 || status === 304) return { kind: 'none' };
  if (coding !== null) return { kind: isChunked(coding) ? 'chunked' : 'until-end' };
  if (length === null) return { kind: 'until-end' };
  return length === 0 ? { kind: 'none' } : { kind: 'fixed', bytes: length };
};
