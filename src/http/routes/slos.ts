import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { refuse } from '../errors.ts';
import { refusals, SECURED } from '../wire/scalars.ts';
import { slo, sloWire } from '../wire/slo.ts';

export const sloRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    app.get(
      '/api/v1/slos',
      {
        schema: {
          summary: 'All SLOs as they stand',
          tags: ['slos'],
          security: SECURED,
          response: { 200: z.object({ slos: z.array(slo) }), ...refusals },
        },
      },
      () => ({ slos: nines.slos().map(sloWire) }),
    );
    app.get(
      '/api/v1/slos/*',
      {
        schema: {
          summary: 'One SLO',
          tags: ['slos'],
          security: SECURED,
          params: z.object({ '*': z.string() }),
          response: { 200: slo, ...refusals },
        },
      },
      (request) => {
        const id = request.params['*'];
        return sloWire(nines.slo(id) ?? refuse('not_found', `No SLO is called ${id}; GET /api/v1/slos lists them.`));
      },
    );
    done();
  };
