import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../../clock.ts';
import { createAllowance } from '../allowance.ts';
import type { Faults } from '../faults.ts';
import type { Account } from './account.ts';
import { readEvent } from './event.ts';

const MAX_EVENT_BYTES = 512 * 1024;

/** https://developer.pagerduty.com/docs/events-api-v2-overview: the host is ours, the path is theirs. */
export const pagerdutyRoutes = (
  app: FastifyInstance,
  parts: { clock: Clock; faults: Faults; account: Account },
): { reset(): void } => {
  const { clock, faults, account } = parts;
  // About 120 events a minute and integration key; the account is not told when to come back.
  const rate = createAllowance({ burst: 120, everyMs: 500 });
  const throttled = {
    status: 'throttle exceeded',
    message: 'Requests for this service are arriving too quickly. Please retry later.',
  };

  const invalid = (errors: readonly string[]) => ({
    status: 'invalid event',
    message: 'Event object is invalid',
    errors,
  });
  const errorHandler = (error: { statusCode?: number; message: string }, _: unknown, reply: FastifyReply) =>
    void reply.code(error.statusCode === 413 ? 413 : 400).send(invalid([error.message]));

  app.post('/v2/enqueue', { bodyLimit: MAX_EVENT_BYTES, errorHandler }, (request, reply) => {
    if (faults.on('pagerduty-down')) return reply.code(500).send({ status: 'error', message: 'Internal Server Error' });
    if (faults.on('pagerduty-rate-limited')) return reply.code(429).send(throttled);
    const event = readEvent(request.body);
    if ('errors' in event) return reply.code(400).send(invalid(event.errors));
    if (!rate.take(event.routingKey, clock.monotonic())) return reply.code(429).send(throttled);
    return reply.code(202).send({ status: 'success', message: 'Event processed', dedup_key: account.take(event) });
  });
  return { reset: () => rate.reset() };
};
