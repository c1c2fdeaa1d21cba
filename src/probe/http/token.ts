import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import { findAddress } from '../net/find.ts';
import { createTrace } from '../net/phases.ts';
import { fail, failureOf, isFailure, type Failure } from '../net/reasons.ts';
import type { Auth, Reach } from '../targets.ts';
import { hostOf } from './place.ts';
import { base64, shownUrl } from './secrets.ts';

export type OAuth2 = Extract<Auth, { kind: 'oauth2' }>;

/** Who asks for a token, and how it reaches the server. */
export type Client = { auth: OAuth2; ca: string | null; reach: Reach };

/** `lifeMs` is what the server said, else what is usual. */
export type Granted = { token: string; lifeMs: number };

const MAX_ANSWER_BYTES = 64 * 1024;
const USUAL_LIFE_S = 300;

const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** What a header can carry: a line break in it would be a second header. */
const SENDABLE = /^[\x21-\x7e]+$/;

/** RFC 6749 5.1; without a life that can be read the usual one. */
const grantedIn = (answer: unknown): Granted | null => {
  if (typeof answer !== 'object' || answer === null) return null;
  const { access_token: token, token_type: type, expires_in: life } = answer as Record<string, unknown>;
  if (typeof token !== 'string' || !SENDABLE.test(token)) return null;
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') return null;
  const seconds = typeof life === 'string' ? Number(life) : life;
  return { token, lifeMs: 1_000 * (typeof seconds === 'number' && seconds > 0 ? seconds : USUAL_LIFE_S) };
};

/** RFC 6749 2.3.1: both halves are form-encoded before they are joined. */
const clientOf = ({ clientId, clientSecret }: OAuth2): string => {
  const form = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);
  return `Basic ${base64(`${form(clientId)}:${form(clientSecret)}`)}`;
};

const bodyOf = ({ scope, audience }: OAuth2): string =>
  new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === null ? {} : { scope }),
    ...(audience === null ? {} : { audience }),
  }).toString();

const answerTo = (request: ClientRequest, body: string): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once('response', resolve);
  request.on('error', reject);
  request.end(body);
  return promise;
};

const textOf = async (answer: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('its answer is larger than 64 KiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** RFC 6749 5.2: a word such as `invalid_client`. */
const errorIn = (answer: unknown): string => {
  const error: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'error') : null;
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : '';
};

export const NO_TIME = 'no answer came in time';

const WHY: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'its name does not exist',
  EAI_AGAIN: 'the name server gave no answer',
  ETIMEOUT: 'the name server gave no answer',
  ECONNRESET: 'it closed the connection',
};

const OURS = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS']);

const whyNot = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/.test(code))
    return `its certificate is not trusted (${code})`;
  return WHY[code] ?? (code || (error instanceof Error ? error.message : 'it cannot be reached'));
};

/** An own authority of the target counts for its token server too, beside those that node trusts. */
const authorities = (ca: string | null): Pick<RequestOptions & { ca?: string[] }, 'ca'> =>
  ca === null ? {} : { ca: [...getCACertificates('default'), ca] };

/** `why` in a sentence that names the token server, without what its address may hold. */
export const noToken = ({ tokenUrl }: OAuth2, why: string): Failure => {
  const url = URL.parse(tokenUrl);
  return fail('auth', `${url ? shownUrl(url) : 'the token server'} gave no token: ${why}`);
};

/** The address was chosen and judged before. */
const leadingTo =
  (address: string): LookupFunction =>
  (_, { all }, done) => {
    const family = isIP(address);
    if (all) done(null, [{ address, family }]);
    else done(null, address, family);
  };

/**
 * One token by the client credentials grant (RFC 6749 4.4), the client in the Authorization header. A redirect is no
 * answer: it would carry the secret away.
 */
export const fetchToken = async ({ auth, ca, reach }: Client, signal: AbortSignal): Promise<Granted | Failure> => {
  const url = URL.parse(auth.tokenUrl);
  if (!url || !/^https?:$/.test(url.protocol)) return fail('auth', 'tokenUrl is no http or https address');
  const refused = (why: string): Failure => noToken(auth, why);
  const body = bodyOf(auth);
  const headers = {
    authorization: clientOf(auth),
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    accept: 'application/json',
    'user-agent': 'nines',
  };
  try {
    const wanted = { host: hostOf(url), reach: { ...reach, addresses: 'one' }, guarded: false } as const;
    const found = await findAddress(wanted, createTrace(0), signal, () => performance.now());
    if (isFailure(found)) return refused(found.detail);
    const options = { method: 'POST', headers, agent: false, signal, lookup: leadingTo(found.address) } as const;
    const request =
      url.protocol === 'https:' ? https.request(url, { ...options, ...authorities(ca) }) : http.request(url, options);
    const answer = await answerTo(request, body);
    const json = jsonOf(await textOf(answer));
    if (answer.statusCode !== 200) return refused(`status was ${answer.statusCode}${errorIn(json)}`);
    return grantedIn(json) ?? refused('its answer holds no bearer token');
  } catch (error) {
    if (signal.aborted) return refused(NO_TIME);
    // Ours stays ours: a machine without file descriptors says nothing about a token server.
    const { code = '' } = error as NodeJS.ErrnoException;
    return OURS.has(code) ? failureOf(error, createTrace(0)) : refused(whyNot(error));
  }
};
