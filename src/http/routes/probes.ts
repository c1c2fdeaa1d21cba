import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { refuse } from '../errors.ts';
import { probe, probeWire, result, resultWire } from '../wire/probe.ts';
import { PROBE_STATES } from '../../web/view.ts';
import { refusals, SECURED } from '../wire/scalars.ts';

export const probeRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    app.get(
      '/api/v1/probes',
      {
        schema: {
          summary: 'Probes with their last check, in the order of the definitions',
          tags: ['probes'],
          security: SECURED,
          querystring: z.object({
            state: z.enum(PROBE_STATES).optional(),
            after: z
              .string()
              .optional()
              .meta({ description: 'id behind which to begin: the `next` of the page before' }),
            limit: z.coerce.number().int().min(1).max(1_000).default(500),
          }),
          response: {
            200: z.object({
              probes: z.array(probe),
              next: z.string().nullable(),
              counts: z.partialRecord(z.enum(PROBE_STATES), z.number()),
            }),
            ...refusals,
          },
        },
      },
      async ({ query: { state, after = null, limit } }) => {
        const { probes, counts, next } = await nines.probes({ states: state ? [state] : null, after, limit });
        return { probes: probes.map(probeWire), next, counts: Object.fromEntries(counts) };
      },
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
