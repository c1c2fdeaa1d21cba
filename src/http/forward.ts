import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NinesError } from '../errors.ts';

// Hop by hop, or true only of the connection they came on. Credentials of ours stay here.
const LEFT_OUT = new Set([
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-encoding',
  'accept-encoding',
  'authorization',
  'cookie',
  'set-cookie',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);

const passed = (entries: Iterable<[string, string | string[] | undefined]>): [string, string][] =>
  [...entries].flatMap(([name, value]) => (value === undefined || LEFT_OUT.has(name) ? [] : [[name, String(value)]]));

/** Hands a request on to `base` + its own path and streams the answer back. The lab lives in another process. */
export const forward = async (base: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const gone = new AbortController();
  reply.raw.on('close', () => gone.abort());
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const answer = await fetch(new URL(request.url, base), {
    method: request.method,
    headers: passed(Object.entries(request.headers)),
    signal: gone.signal,
    redirect: 'manual',
    ...(hasBody ? { body: request.body as Buffer } : {}),
  }).catch((cause: unknown) => {
    throw new NinesError('server_unreachable', 'The lab does not answer; start it again with: npx nines demo', {
      cause,
    });
  });
  void reply.code(answer.status).headers(Object.fromEntries(passed(answer.headers.entries())));
  return reply.send(answer.body ? Readable.fromWeb(answer.body) : null);
};
