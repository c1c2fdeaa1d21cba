import type { FastifyPluginCallback } from 'fastify';
import { forward } from '../forward.ts';

/** The demo's stand-ins under our own address, so that a stranger needs one port. Only the lab is changed through it. */
export const labRoutes =
  (labUrl: string): FastifyPluginCallback =>
  (app, _options, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    for (const url of ['/lab', '/lab/*'])
      app.route({
        method: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
        url,
        exposeHeadRoute: false,
        schema: { hide: true },
        config: { rateLimit: false },
        // The lab's page brings its own style; our policy is not its policy.
        helmet: false,
        handler: (request, reply) => forward(labUrl, request, reply),
      });
    done();
  };
