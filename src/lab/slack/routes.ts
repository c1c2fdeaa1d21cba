import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock.ts';
import { createAllowance } from '../allowance.ts';
import type { Faults } from '../faults.ts';
import { refuse } from './answer.ts';
import type { Answer } from './answer.ts';
import { METHODS } from './methods.ts';
import type { Workspace } from './workspace.ts';

type Args = Readonly<Record<string, unknown>>;

const tokenOf = (request: FastifyRequest, args: Args): string | undefined => {
  const header = request.headers.authorization;
  if (header !== undefined) return /^Bearer (\S+)$/i.exec(header)?.[1] ?? '';
  return typeof args['token'] === 'string' ? args['token'] : undefined;
};

const tokenRefusal = (token: string | undefined): Answer | null => {
  if (token === undefined) return refuse('not_authed');
  if (token === 'xoxb-lab-revoked') return refuse('token_revoked');
  return token.startsWith('xoxb-lab') ? null : refuse('invalid_auth');
};

const argsOf = (request: FastifyRequest): Args => ({
  ...(request.query as Args),
  ...(typeof request.body === 'object' && request.body !== null ? (request.body as Args) : {}),
});

// 1 message a second and channel after a short burst; Tier 3 is 50 a minute and method
// (https://docs.slack.dev/apis/web-api/rate-limits).
const createRates = () => {
  const posts = createAllowance({ burst: 4, everyMs: 1_000 });
  const tier3 = createAllowance({ burst: 50, everyMs: 1_200 });
  return {
    take: (method: string, args: Args, monotonic: number): boolean => {
      if (method === 'chat.postMessage') return posts.take(String(args['channel']), monotonic);
      if (method === 'auth.test' || method === 'api.test') return true;
      return tier3.take(method, monotonic);
    },
    reset: () => {
      posts.reset();
      tier3.reset();
    },
  };
};

const rateLimited = (reply: FastifyReply, seconds: number): FastifyReply =>
  reply.code(429).header('retry-after', String(seconds)).send(refuse('ratelimited'));

/** Speaks the Web API below /slack/api. Returns what forgets the rates, for a reset. */
export const slackRoutes = (
  app: FastifyInstance,
  parts: { clock: Clock; faults: Faults; workspace: Workspace },
): { reset(): void } => {
  const { clock, faults, workspace } = parts;
  const rates = createRates();

  const answer = (request: FastifyRequest<{ Params: { method: string } }>, reply: FastifyReply): FastifyReply => {
    const name = request.params.method;
    const args = argsOf(request);
    if (faults.on('slack-hangs')) return reply.hijack();
    if (faults.on('slack-down')) return reply.code(503).type('text/html').send('<html>Service Unavailable</html>');
    if (faults.on('slack-rate-limited')) return rateLimited(reply, 2);
    const refusal = tokenRefusal(tokenOf(request, args));
    if (refusal) return reply.send(refusal);
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (!method) return reply.send({ ...refuse('unknown_method'), req_method: name });
    if (!rates.take(name, args, clock.monotonic())) return rateLimited(reply, 1);
    const result = method.run(workspace, args);
    if (method.writes && faults.on('slack-500-after-storing')) return reply.code(500).send(refuse('internal_error'));
    return reply.send(result);
  };

  app.route<{ Params: { method: string } }>({
    method: ['GET', 'POST'],
    url: '/slack/api/:method',
    handler: answer,
    errorHandler: (_error, _request, reply) => void reply.code(200).send(refuse('invalid_json')),
  });
  return { reset: () => rates.reset() };
};
