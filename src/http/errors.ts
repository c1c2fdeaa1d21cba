import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NinesError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import type { Log } from '../log.ts';

/** A refusal as every door says it: `{"code","message"}` on the wire, a page for people. Never a stack trace. */
export type Refused = { status: number; code: ErrorCode; message: string };

const STATUS: Partial<Record<ErrorCode, number>> = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  commit_conflict: 409,
  too_many_requests: 429,
  server_busy: 503,
  server_unreachable: 502,
  store_unavailable: 503,
  data_full: 503,
};

// What the HTTP layer itself refuses, before any route of ours has seen the request.
const OF_STATUS: Partial<Record<number, { code: ErrorCode; message: string }>> = {
  400: { code: 'invalid_request', message: 'The request could not be read; see /openapi.json for its shape.' },
  404: { code: 'not_found', message: 'Nothing is here; see /openapi.json for what is.' },
  413: { code: 'invalid_request', message: 'The body is larger than what is taken here; send less.' },
  414: { code: 'invalid_request', message: 'The address is longer than any of ours.' },
  415: { code: 'invalid_request', message: 'The body must be application/json.' },
  429: { code: 'too_many_requests', message: 'Too many requests; wait a minute and try again.' },
  503: { code: 'server_busy', message: 'Nines is overloaded and keeps its strength for alerts; try again in 10 s.' },
};

const validationMessage = (error: FastifyError): string => {
  const first = error.validation?.[0];
  const place = [error.validationContext, ...(first?.instancePath ?? '').split('/')].filter(Boolean).join('.');
  return `${place}: ${first?.message ?? 'does not fit'}; see /openapi.json for its shape.`;
};

export const refusedOf = (error: unknown): Refused => {
  if (error instanceof NinesError)
    return { status: STATUS[error.code] ?? 500, code: error.code, message: error.message };
  const outer = error as FastifyError;
  if (outer.validation) return { status: 400, code: 'invalid_request', message: validationMessage(outer) };
  const status = outer.statusCode ?? 500;
  const known = OF_STATUS[status];
  if (known) return { status, ...known };
  return { status: 500, code: 'internal', message: 'Nines failed to answer this; the log says why.' };
};

export const sendRefusal = (reply: FastifyReply, { status, code, message }: Refused): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify({ code, message }));

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '';

/** The only translator from errors to answers. `page` renders a refusal for people. */
export const handleErrors = (
  app: FastifyInstance,
  log: Log,
  isForPeople: (request: FastifyRequest) => boolean,
  page: (request: FastifyRequest, reply: FastifyReply, refused: Refused) => Promise<string>,
): void => {
  const answer = async (request: FastifyRequest, reply: FastifyReply, refused: Refused): Promise<FastifyReply> => {
    if (refused.status === 503) void reply.header('retry-after', '10');
    if (refused.status === 401) void reply.header('www-authenticate', 'Bearer realm="nines"');
    // A page that cannot be made must not hide what is refused.
    const html = isForPeople(request) ? await page(request, reply, refused).catch(() => null) : null;
    if (html === null) return sendRefusal(reply, refused);
    return reply.code(refused.status).type('text/html; charset=utf-8').send(html);
  };
  app.setErrorHandler((error, request, reply) => {
    const refused = refusedOf(error);
    // The path only: a query may hold what its sender should not have put there.
    if (refused.status >= 500)
      log.error('a request failed', { method: request.method, path: pathOf(request), code: refused.code, error });
    return answer(request, reply, refused);
  });
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
    answer(request, reply, refusedOf(new NinesError('not_found', `Nothing is at ${pathOf(request)}.`))),
  );
};

/** `refuse('not_found', …)` reads better where an expression must end. Throws NinesError. */
export const refuse = (code: ErrorCode, message: string): never => {
  throw new NinesError(code, message);
};
