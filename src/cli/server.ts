import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from '../client/http.ts';
import type { Config } from '../config.ts';
import { NinesError, type ErrorCode } from '../errors.ts';

/** A running Nines, as its commands talk to it. */
export type Server = {
  url: string;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
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

export const serverOf = (config: Config): Server => {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const url = `http://${host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host}:${config.port}`;
  const token = tokenOf(config);
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await request(url + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok)
      throw new NinesError(
        'server_unreachable',
        `No Nines answers at ${url} (${answer.reason}). Start one with nines serve, or name it with --host and --port.`,
      );
    const text = new TextDecoder().decode(answer.body);
    const parsed = JSON.parse(text) as T & { code?: ErrorCode; message?: string };
    if (answer.status >= 400)
      throw new NinesError(parsed.code ?? 'internal', parsed.message ?? `The server answered ${answer.status}.`);
    return parsed;
  };
  return { url, get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
};
