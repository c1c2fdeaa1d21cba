import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { instant, iso, isoOrNull, refusals, seconds, SECURED } from '../wire/scalars.ts';

const connector = z
  .object({
    id: z.string().meta({ example: 'shop/metrics' }),
    kind: z.string().meta({ example: 'prometheus' }),
    state: z
      .enum(['working', 'failing', 'waiting', 'not-configured'])
      .meta({ description: 'waiting: this replica has not asked it; another one leads, or nothing is read from it' }),
    slos: z.int().meta({ description: 'SLOs that are read from it' }),
    lastSuccessAt: instant.nullable(),
    readUntil: instant.nullable().meta({ description: 'of the SLO that is furthest behind' }),
    lagSeconds: z.number().nullable().meta({ description: 'how long ago that was' }),
    error: z.object({ text: z.string(), since: instant }).nullable(),
  })
  .meta({ id: 'Connector' });

export const connectorRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    app.get(
      '/api/v1/connectors',
      {
        schema: {
          summary: 'Where others count for Nines, and how reading from there goes',
          tags: ['slos'],
          security: SECURED,
          response: { 200: z.object({ connectors: z.array(connector) }), ...refusals },
        },
      },
      () => ({
        connectors: nines.connectors().map(({ id, kind, state, slos, lastAnswerAt, readUntil, error }) => ({
          id,
          kind,
          state,
          slos,
          lastSuccessAt: isoOrNull(lastAnswerAt),
          readUntil: isoOrNull(readUntil),
          lagSeconds: readUntil === null ? null : seconds(Math.max(0, nines.now() - readUntil)),
          error: error && { text: error.text, since: iso(error.since) },
        })),
      }),
    );
    done();
  };
