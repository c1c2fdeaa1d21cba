import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { instant, isoOrNull, refusals, SECURED, seconds } from '../wire/scalars.ts';

const kept = z
  .object({
    system: z.string().meta({ description: '* = all that belongs to no system that is defined' }),
    keptSeconds: z.number(),
    tables: z.array(
      z.object({
        table: z.string(),
        deleted: z.int().meta({ description: 'rows, at the last run' }),
        oldest: instant.nullable().meta({ description: 'instant of the oldest row that was left; null = none' }),
      }),
    ),
  })
  .meta({ id: 'Kept' });

export const retentionRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    app.get(
      '/api/v1/retention',
      {
        schema: {
          summary: 'What the last run of retention deleted, and the oldest that is left',
          tags: ['store'],
          security: SECURED,
          response: { 200: z.object({ ranAt: instant.nullable(), systems: z.array(kept) }), ...refusals },
        },
      },
      async () => {
        const report = await nines.retention();
        return {
          ranAt: isoOrNull(report?.at ?? null),
          systems: (report?.systems ?? []).map(({ system, keptMs, tables }) => ({
            system,
            keptSeconds: seconds(keptMs),
            tables: tables.map((row) => ({ ...row, oldest: isoOrNull(row.oldest) })),
          })),
        };
      },
    );
    done();
  };
