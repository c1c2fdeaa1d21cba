import type { Nines } from '../../src/engine/nines.ts';
import { createServer } from '../../src/http/server.ts';
import type { ServerOptions } from '../../src/http/server.ts';
import { silentLog } from '../../src/log.ts';
import { Secret } from '../../src/secret.ts';
import { fakeNines } from './fake-nines.ts';

export const PEOPLE = 'people-token-0123456789';
export const INGEST = 'ingest-token-0123456789';
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The server over a fake product; `inject` it, or `listen` on port 0. */
export const start = async (options: Partial<ServerOptions> = {}, change: Partial<Nines> = {}) => {
  const fake = fakeNines(change);
  let tokens = 0;
  const app = await createServer({
    nines: fake.nines,
    config: { version: '0.1.0', host: '127.0.0.1', port: 0, publicUrl: null },
    metricsText: async () => 'nines_build_info 1\n',
    log: silentLog,
    tokens: { people: new Secret(PEOPLE), ingest: new Secret(INGEST) },
    loginRequired: false,
    randomToken: () => `random-${++tokens}`,
    ...options,
  });
  return { app, ...fake };
};
export type Started = Awaited<ReturnType<typeof start>>;

/** What a browser brings along: the cookie of its first page, and the token its forms carry. */
export const browse = async ({ app }: Started, path = '/', headers: Record<string, string> = {}) => {
  const page = await app.inject({ url: path, headers: { accept: 'text/html', ...headers } });
  const cookie =
    [page.headers['set-cookie'] ?? []]
      .flat()
      .map((text) => text.split(';')[0])
      .join('; ') ||
    headers['cookie'] ||
    '';
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  return { page, cookie, csrf };
};

export const post = (
  { app }: Started,
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) =>
  app.inject({
    method: 'POST',
    url,
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  });
