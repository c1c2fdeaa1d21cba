import { Readable } from 'node:stream';
import type { FastifyPluginCallback } from 'fastify';

/** The whole exposition, at once or in pieces. */
export type MetricsText = () => Promise<string> | AsyncIterable<string>;

export const metricsRoutes =
  (text: MetricsText): FastifyPluginCallback =>
  (app, _options, done) => {
    // Inbound: a scrape is how people see that Nines is overloaded.
    app.get(
      '/metrics',
      { config: { need: 'scrape', inbound: true }, schema: { hide: true } },
      async (_request, reply) => {
        const body = text();
        return reply
          .type('text/plain; version=0.0.4; charset=utf-8')
          .send(Symbol.asyncIterator in body ? Readable.from(body) : await body);
      },
    );
    done();
  };
