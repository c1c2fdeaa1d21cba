import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { refuse } from '../errors.ts';
import { refusals, SECURED } from '../wire/scalars.ts';

/** A heartbeat reports in. Whatever is in the body is nobody's business: a cron job's curl sends what it likes. */
export const beatRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, parsed) => {
      payload
        .on('end', () => parsed(null))
        .on('error', parsed)
        .resume();
    });
    app.post(
      '/api/v1/heartbeats/*',
      {
        config: { need: 'ingest', inbound: true },
        schema: {
          summary: 'A heartbeat probe reports that its job ran',
          description: 'Answered when it is stored. The body is ignored.',
          tags: ['inbound'],
          security: SECURED,
          params: z.object({ '*': z.string() }),
          response: { 200: z.object({ ok: z.literal(true) }), ...refusals },
        },
      },
      async (request) => {
        const id = request.params['*'];
        if (!(await nines.verbs.beat(id))) refuse('not_found', `No heartbeat probe is called ${id}.`);
        return { ok: true as const };
      },
    );
    done();
  };
