import { afterAll, afterEach, beforeAll } from 'vitest';
import { silentLog, type Log } from '../../src/log.ts';
import { openStore } from '../../src/store/open.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import type { Databases } from '../../src/store/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { createPostgres, type PostgresServer, type Settings } from './postgres-server.ts';

/** One server for the tests of a file or a block, and what they open on it; all of it is closed after each test. */
export type PostgresPlace = {
  server: PostgresServer;
  /** A new, empty schema. */
  schema(): Promise<string>;
  /** One replica. */
  store(schema: string, log?: Log): Promise<Store>;
  databases(url: string): Promise<Databases>;
};

/** Call it inside a `describe`. */
export const postgresPlace = (settings: Settings = {}): PostgresPlace => {
  let server: PostgresServer;
  let schemas = 0;
  const opened: { close(): Promise<void> }[] = [];
  const kept = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const one = await opening;
    opened.push(one);
    return one;
  };
  beforeAll(async () => {
    server = await createPostgres(settings);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  afterAll(() => server?.remove());
  return {
    get server() {
      return server;
    },
    schema: async () => {
      const schema = `place_${++schemas}`;
      await server.admin(`CREATE SCHEMA ${schema}`);
      return schema;
    },
    store: (schema, log = silentLog) => kept(openStore({ dir: '', databaseUrl: server.url({ schema }), log })),
    databases: (url) => kept(openPostgres(url)),
  };
};
