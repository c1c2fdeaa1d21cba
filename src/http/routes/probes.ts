import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { refuse } from '../errors.ts';
import { probe, probeWire, result, resultWire } from '../wire/probe.ts';
import { refusals, SECURED } from '../wire/scalars.ts';

export const probeRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    app.get(
      '/api/v1/probes',
      {
        schema: {
          summary: 'All probes with their last check',
          tags: ['probes'],
          security: SECURED,
          response: { 200: z.object({ probes: z.array(probe) }), ...refusals },
        },
      },
      () => ({ probes: nines.probes().map(probeWire) }),
    );
    app.get(
      '/api/v1/probes/*',
      {
        schema: {
          summary: 'One probe with its newest check results',
          tags: ['probes'],
          security: SECURED,
          params: z.object({ '*': z.string() }),
          querystring: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(50) }),
          response: { 200: z.object({ probe, results: z.array(result) }), ...refusals },
        },
      },
      async (request) => {
        const id = request.params['*'];
        const status =
          nines.probe(id) ?? refuse('not_found', `No probe is called ${id}; GET /api/v1/probes lists them.`);
        const results = await nines.results(id, request.query.limit);
        return { probe: probeWire(status), results: results.map(resultWire) };
      },
    );
    done();
  };
