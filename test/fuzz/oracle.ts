import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { feed, finish, parsing } from '../../src/probe/http/parser.ts';

const http = process.getBuiltinModule('node:http');

/** What a client makes of the bytes of an answer. `error`: `protocol`, `too-large`, `reset`, or null when it is whole. */
export type View = {
  status: number | null;
  headers: IncomingHttpHeaders;
  body: string;
  error: 'protocol' | 'too-large' | 'reset' | null;
  /** The client's own word for the error. */
  said: string;
};

const EMPTY: View = { status: null, headers: {}, body: '', error: null, said: '' };

/** The view of our parser. */
export const ours = (parts: readonly Buffer[], toHead: boolean): View => {
  const view: View = { ...EMPTY };
  const body: Buffer[] = [];
  const answer = parsing(toHead);
  const sink = {
    head: ({ status, headers }: Pick<View, 'headers'> & { status: number }) => Object.assign(view, { status, headers }),
    body: (bytes: Buffer) => void body.push(bytes),
    end: () => undefined,
    fault: ({ code, what }: { code: string; what: string }) => {
      view.error = code === 'ANSWER_TOO_LARGE' ? 'too-large' : 'protocol';
      view.said = what;
    },
  };
  for (const part of parts) feed(answer, part, sink);
  if (!finish(answer, sink)) view.error ??= 'reset';
  view.body = Buffer.concat(body).toString('latin1');
  return view;
};

const classOf = (code: string): View['error'] => {
  if (code === 'HPE_HEADER_OVERFLOW' || code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 'too-large';
  return code.startsWith('HPE_') ? 'protocol' : 'reset';
};

/** The view of node:http, which is fed the same bytes in the same parts and then sees the connection end. */
export const nodes = (parts: readonly Buffer[], toHead: boolean): Promise<View> => {
  const { promise, resolve } = Promise.withResolvers<View>();
  const view: View = { ...EMPTY };
  const body: Buffer[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => done(),
  });
  const request = http.request({
    createConnection: () => stream,
    method: toHead ? 'HEAD' : 'GET',
    maxHeaderSize: 64 * 1024,
  });
  let response: IncomingMessage | null = null;
  const codes: string[] = [];
  const failed = (error: NodeJS.ErrnoException & { reason?: string }): void => {
    codes.push(error.code ?? '');
    view.said ||= `${error.code} ${error.reason ?? ''}`;
  };
  const onHead = (head: IncomingMessage): void => {
    response = head;
    head.on('error', failed);
    head.on('data', (chunk: Buffer) => body.push(chunk));
  };
  request.on('response', onHead);
  request.on('upgrade', onHead);
  request.on('error', failed);
  const settle = (): void => {
    view.status = response?.statusCode ?? null;
    view.headers = response?.headers ?? {};
    view.body = Buffer.concat(body).toString('latin1');
    const invalid = codes.find((code) => code.startsWith('HPE_'));
    view.error = response?.complete ? null : classOf(invalid ?? codes[0] ?? '');
    resolve(view);
  };
  // A request is closed once its answer was read and its connection has gone.
  request.once('close', () => setImmediate(settle));
  request.end();
  request.once('socket', () =>
    setImmediate(() => {
      for (const part of parts) stream.push(part);
      stream.push(null);
      setImmediate(() => stream.destroy());
    }),
  );
  return promise;
};
