import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Client, DatabaseError, type QueryResult } from 'pg';

export type PostgresLogin = { user: string; password: string | null; database: string };
export type Row = Readonly<Record<string, unknown>>;

export type PostgresClient = {
  /** Rows of one read-only statement, in a transaction of its own that the server ends after `timeoutMs`. */
  query(sql: string, timeoutMs: number): Promise<readonly Row[]>;
  /** Says goodbye and closes; waits for nothing. */
  end(): void;
};

/** The server's own error: its SQLSTATE and its first sentence. */
export type ServerError = { state: string; sentence: string };

export const serverErrorOf = (error: unknown): ServerError | null =>
  error instanceof DatabaseError ? { state: error.code ?? '', sentence: error.message } : null;

/** More than a probe's query may answer. */
const MAX_BYTES = 1024 * 1024;

/** What a server may say first: authentication, an error, a notice, another version of the protocol. */
const FIRST = new Set(Buffer.from('RENv'));

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/**
 * An open socket as pg uses its own. It counts what arrives, and what pg cannot read breaks this connection: pg would
 * throw it out of the socket's event and end the thread.
 */
const createWire = (socket: Socket): EventEmitter => {
  const wire = new EventEmitter();
  const before = socket.bytesRead;
  let isFirst = true;
  const breakOff = (error: Error): void => {
    socket.destroy();
    wire.emit('error', error);
  };
  socket.on('data', (chunk: Buffer) => {
    if (socket.bytesRead - before > MAX_BYTES)
      return breakOff(coded('ERR_POSTGRES_TOO_LARGE', `more than ${MAX_BYTES} bytes`));
    // Another protocol's words would be read as the length of a message that never ends.
    const isKnown = !isFirst || FIRST.has(chunk[0] ?? 0);
    isFirst = false;
    try {
      if (isKnown) return void wire.emit('data', chunk);
    } catch {
      // pg met what it cannot read.
    }
    return breakOff(coded('ERR_POSTGRES_INVALID', 'what came is not the protocol of PostgreSQL'));
  });
  for (const event of ['error', 'end', 'close']) socket.on(event, (...values) => wire.emit(event, ...values));
  Object.defineProperty(wire, 'writable', { get: () => socket.writable });
  return Object.assign(wire, {
    // It is connected already; pg listens for the event right after the call.
    connect: () => queueMicrotask(() => wire.emit('connect')),
    write: (bytes: Buffer, done?: () => void) => socket.write(bytes, done),
    end: () => socket.end(),
    destroy: () => socket.destroy(),
    setNoDelay: (on: boolean) => socket.setNoDelay(on),
    setKeepAlive: (on: boolean) => socket.setKeepAlive(on),
    ref: () => socket.ref(),
    unref: () => socket.unref(),
  });
};

/**
 * Logs in on an open socket that nobody else reads, TLS or not. Simple queries only: no prepared statement, no setting
 * that outlives its transaction, no startup parameter but the name, so that it works through a transaction pooler.
 * Rejects with what `serverErrorOf` knows, or with the socket's errors.
 */
export const openPostgres = async (socket: Socket, login: PostgresLogin): Promise<PostgresClient> => {
  const client = new Client({
    stream: () => createWire(socket) as never,
    // All of it is given, so that PGUSER and its like, meant for other programs, change nothing here.
    host: 'given',
    port: 1,
    ssl: false,
    user: login.user,
    database: login.database,
    // A function, because an empty text would be looked up in PGPASSWORD and ~/.pgpass.
    password: () => login.password ?? '',
    application_name: 'nines',
  });
  // Who waits hears of it by a rejection.
  client.on('error', () => undefined);
  await client.connect();
  return {
    query: async (sql, timeoutMs) => {
      const limit = Math.max(1, Math.ceil(timeoutMs));
      // One message is one transaction: both settings end with it, also when it fails.
      const text = `SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = ${limit}; ${sql}`;
      const results = (await client.query(text)) as QueryResult<Row> | QueryResult<Row>[];
      return [results].flat().at(-1)?.rows ?? [];
    },
    end: () => void client.end().catch(() => undefined),
  };
};
