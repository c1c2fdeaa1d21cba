import type { FastifyPluginCallback } from 'fastify';
import type { Nines } from '../../engine/nines.ts';
import type { Events } from '../events.ts';

export const eventRoutes =
  (nines: Nines, events: Events): FastifyPluginCallback =>
  (app, _options, done) => {
    const stop = nines.subscribe((change) => events.publish(change));
    app.addHook('preClose', async () => {
      stop();
      events.close();
    });
    app.get('/events', { schema: { hide: true } }, (request, reply) => {
      const last = request.headers['last-event-id'];
      const headers = reply.getHeaders() as Record<string, string>;
      reply.hijack();
      events.connect(reply.raw, headers, typeof last === 'string' ? last : undefined);
    });
    done();
  };
