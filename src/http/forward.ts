import type { FastifyReply, FastifyRequest } from 'fastify';
import { request as send } from '../client/http.ts';
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

/** Hands a request on to `base` + its own path and gives the answer back. The lab lives in another process. */
export const forward = async (base: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const answer = await send(new URL(request.url, base).href, {
    method: request.method,
    headers: { ...Object.fromEntries(passed(Object.entries(request.headers))), 'x-forwarded-host': request.host },
    ...(hasBody ? { body: (request.body ?? '') as Uint8Array<ArrayBuffer> } : {}),
  });
  if (!answer.ok)
    throw new NinesError('server_unreachable', 'The lab does not answer; start it again with: npx nines demo');
  return reply
    .code(answer.status)
    .headers(Object.fromEntries(passed(answer.headers.entries())))
    .send(answer.body);
};
