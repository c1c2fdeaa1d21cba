import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { refuse } from '../errors.ts';
import { instant, iso, refusals, SECURED } from '../wire/scalars.ts';

const line = z.string().trim().min(1).max(200);
const webAddress = z.url({ protocol: /^https?$/ }).max(2_000);

const given = z.object({
  kind: line.meta({ description: 'deploy, migration, maintenance, scale …', example: 'deploy' }),
  system: line.meta({ example: 'duru-notes' }),
  service: line.nullish(),
  text: line.meta({ example: 'v2.14.0' }),
  url: webAddress.nullish(),
  id: line.optional().meta({ description: 'a repeated id is the same happening' }),
  at: instant.optional().meta({ description: 'now, when left out' }),
});

const happening = z
  .object({
    id: z.string(),
    kind: z.string(),
    system: z.string(),
    service: z.string().nullable(),
    at: instant,
    text: z.string(),
    url: z.string().nullable(),
  })
  .meta({ id: 'Happening' });

/** Things that took place and may explain a burn: deploys, migrations, maintenance. */
export const happeningRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    app.post(
      '/api/v1/happenings',
      {
        config: { need: 'ingest', inbound: true },
        schema: {
          summary: 'Say that something took place',
          description: 'Answered when it is stored.',
          tags: ['inbound'],
          security: SECURED,
          body: given,
          response: { 200: z.object({ happening }), ...refusals },
        },
      },
      async (request) => {
        const { kind, system, service = null, text, url = null, id, at } = request.body;
        if (!nines.catalog().systems.has(system)) refuse('invalid_request', `No system is called ${system}.`);
        const stored = await nines.verbs.happening({
          kind,
          system,
          service,
          text,
          url,
          ...(id === undefined ? {} : { id }),
          ...(at === undefined ? {} : { at: Date.parse(at) }),
        });
        return { happening: { ...stored, at: iso(stored.at) } };
      },
    );
    done();
  };
