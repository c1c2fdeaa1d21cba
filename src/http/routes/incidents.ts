import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { refuse } from '../errors.ts';
import { deliveryWire, entryWire, incident, incidentDetail, incidentWire } from '../wire/incident.ts';
import { refusals, SECURED } from '../wire/scalars.ts';

const id = z.object({ id: z.string() });

export const incidentRoutes: (nines: Nines) => FastifyPluginCallbackZod = (nines) => (app, _options, done) => {
  app.get(
    '/api/v1/incidents',
    {
      schema: {
        summary: 'Incidents, newest first',
        tags: ['incidents'],
        security: SECURED,
        querystring: z.object({
          state: z.enum(['open', 'resolved']).optional(),
          limit: z.coerce.number().int().min(1).max(1_000).default(100),
        }),
        response: { 200: z.object({ incidents: z.array(incident) }), ...refusals },
      },
    },
    async (request) => {
      const { state, limit } = request.query;
      const views = await nines.incidents({ limit, ...(state ? { state } : {}) });
      return { incidents: views.map(incidentWire) };
    },
  );
  app.get(
    '/api/v1/incidents/:id',
    {
      schema: {
        summary: 'One incident with its timeline and deliveries',
        tags: ['incidents'],
        security: SECURED,
        params: id,
        response: { 200: incidentDetail, ...refusals },
      },
    },
    async (request) => {
      const view =
        (await nines.incident(request.params.id)) ??
        refuse('not_found', `No incident has the id ${request.params.id}.`);
      return {
        ...incidentWire(view),
        timeline: view.timeline.map(entryWire),
        deliveries: view.deliveries.map(deliveryWire),
      };
    },
  );
  done();
};
