import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { download, request } from '../client/http.ts';
import type { Config } from '../config.ts';
import { ERROR_CODES, NinesError, messageOf, type ErrorCode } from '../errors.ts';

/** A running Nines, as its commands talk to it. */
export type Server = {
  url: string;
  /** `field` is one that the answer of a Nines always has. */
  get<T>(path: string, field: keyof T & string): Promise<T>;
  post<T>(path: string, body: unknown, field: keyof T & string, timeoutMs?: number): Promise<T>;
  /** What answers with this type, in pieces; silence of more than five minutes is an error. */
  download(path: string, body: unknown, type: string): Promise<AsyncIterable<Uint8Array>>;
};

/** NINES_TOKEN, or the token that the server made for itself in its data folder (demo data in `<data>/demo`). */
const tokenOf = (config: Config): string | null => {
  if (config.token) return config.token.reveal();
  for (const folder of [config.dataDir, join(config.dataDir, 'demo')]) {
    try {
      return readFileSync(join(folder, 'token'), 'utf8').trim();
    } catch {
      continue;
    }
  }
  return null;
};

const isErrorCode = (code: unknown): code is ErrorCode => (ERROR_CODES as readonly unknown[]).includes(code);

const parsed = (body: Uint8Array): Record<string, unknown> | null => {
  try {
    const value = JSON.parse(new TextDecoder().decode(body)) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};

/** The same pieces; breaking off is said in words. */
async function* whole(chunks: AsyncIterable<Uint8Array>, url: string): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw new NinesError(
      'server_unreachable',
      `${url} broke off in the middle (${messageOf(error)}): nothing was written; its log says why.`,
      { cause: error },
    );
  }
}

export const serverOf = (config: Config): Server => {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const url = `http://${host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host}:${config.port}`;
  const token = tokenOf(config);
  const sent = (method: string, body: unknown) => ({
    method,
    headers: {
      accept: 'application/json',
      'x-nines-door': 'cli',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const silent = (reason: string): NinesError =>
    new NinesError(
      'server_unreachable',
      `No Nines answers at ${url} (${reason}). Start one with nines serve, or name it with --host and --port.`,
    );
  const refused = (value: Record<string, unknown> | null, status: number): NinesError =>
    value && isErrorCode(value['code'])
      ? new NinesError(value['code'], String(value['message']))
      : new NinesError(
          'server_unreachable',
          `What answers at ${url} is no Nines (status ${status}); name the right one with --host and --port.`,
        );
  const call = async <T>(
    method: string,
    path: string,
    field: string,
    body?: unknown,
    timeoutMs = 10_000,
  ): Promise<T> => {
    const answer = await request(url + path, { ...sent(method, body), timeoutMs });
    if (!answer.ok) throw silent(answer.reason);
    const value = parsed(answer.body);
    if (value && !isErrorCode(value['code']) && Object.hasOwn(value, field)) return value as T;
    throw refused(value, answer.status);
  };
  const take = async (path: string, body: unknown, type: string): Promise<AsyncIterable<Uint8Array>> => {
    const answer = await download(url + path, { ...sent('POST', body), silentMs: 300_000 });
    if (!answer.ok) throw silent(answer.reason);
    if (answer.status === 200 && answer.headers.get('content-type') === type) return whole(answer.chunks, url);
    const pieces: Uint8Array[] = [];
    for await (const chunk of answer.chunks) if (pieces.length < 100) pieces.push(chunk);
    throw refused(parsed(Buffer.concat(pieces)), answer.status);
  };
  return {
    url,
    get: (path, field) => call('GET', path, field),
    post: (path, body, field, timeoutMs) => call('POST', path, field, body, timeoutMs),
    download: take,
  };
};
