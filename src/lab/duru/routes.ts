import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock.ts';
import { DAY } from '../../duration.ts';
import type { Faults } from '../faults.ts';
import { metricsText } from './metrics-text.ts';
import { advanceTraffic, startTraffic } from './traffic.ts';

const SLOW_MS = 1_500;
const COUNTING_SINCE_MS = 9 * DAY;
const VERSION = '2.0.0';

type Parts = { clock: Clock; faults: Faults; metricsToken: string; closing: AbortSignal };

const apiRoutes = (app: FastifyInstance, { clock, faults, closing }: Parts): void => {
  let requests = 0;
  const health = (status: string, database: string) => ({
    status,
    version: VERSION,
    timestamp: new Date(clock.now()).toISOString(),
    checks: { database: { status: database, latency_ms: 12 }, redis: { status: 'healthy', latency_ms: 3 } },
  });
  /** The fault's answer; null when the request is served. */
  const broken = async (reply: FastifyReply): Promise<FastifyReply | null> => {
    requests += 1;
    if (faults.on('duru-api-slow')) await clock.sleep(SLOW_MS, closing);
    if (faults.on('duru-api-down')) return reply.code(503).send(health('unhealthy', 'unreachable'));
    if (faults.on('duru-api-erring') && requests % 3 === 0)
      return reply.code(500).send({ error: 'Internal Server Error' });
    return null;
  };
  app.get('/duru/health', async (_, reply) => (await broken(reply)) ?? health('healthy', 'healthy'));
  app.get(
    '/duru/api/v1/notes',
    async (_, reply) => (await broken(reply)) ?? { notes: [{ id: 'n1', title: 'Groceries' }], next: null },
  );
};

/** The notification service by its contract: health may be asked without a token, a wrong one is refused. */
const notificationRoutes = (app: FastifyInstance, { clock, faults, metricsToken }: Parts): { advance(): void } => {
  let traffic = startTraffic(clock.now() - COUNTING_SINCE_MS);
  const advance = () => (traffic = advanceTraffic(traffic, clock.now(), faults.on('notifications-down')));
  advance();

  const unauthorized = (request: FastifyRequest, required: boolean): boolean => {
    const header = request.headers.authorization;
    return header === undefined ? required : header !== `Bearer ${metricsToken}`;
  };
  const refuse = (reply: FastifyReply) => reply.code(401).send({ code: 401, message: 'Invalid JWT' });

  app.get('/notifications/functions/v1/health', (request, reply) => {
    if (unauthorized(request, false)) return refuse(reply);
    const down = faults.on('notifications-down');
    return reply.code(down ? 503 : 200).send({
      status: down ? 'unhealthy' : 'healthy',
      version: VERSION,
      timestamp: new Date(clock.now()).toISOString(),
      checks: {
        database: { status: 'healthy', latency_ms: 12 },
        redis: { status: 'healthy', latency_ms: 3 },
        fcm: { status: down ? 'unhealthy' : 'healthy', breaker: down ? 'open' : 'closed' },
      },
    });
  });

  app.get('/notifications/functions/v1/notification-metrics', (request, reply) => {
    if (unauthorized(request, true)) return refuse(reply);
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText(advance()));
  });
  return { advance };
};

/** `advance` is called when a fault changes: the counters must know when it began, not when somebody looked next. */
export const duruRoutes = (app: FastifyInstance, parts: Parts): { advance(): void } => {
  apiRoutes(app, parts);
  return notificationRoutes(app, parts);
};
