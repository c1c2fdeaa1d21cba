import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { systemClock } from '../../clock.ts';
import type { Nines } from '../../engine/nines.ts';
import { createSlicer } from '../../engine/slices.ts';
import { ALERTMANAGER_PATH } from '../../names.ts';
import { refuse } from '../errors.ts';
import { readWebhook, webhook, type Webhook } from '../wire/alertmanager.ts';
import { refusals, SECURED } from '../wire/scalars.ts';

/** 10,000 alerts of one group are 5 MB; what is refused as too large is not sent again, and lost. */
const LARGEST = 32 * 1024 * 1024;

/** Nothing but this is answered with 4xx once the token is right: it can never be accepted. */
const read = async (body: unknown): Promise<Webhook> => {
  const found = Buffer.isBuffer(body)
    ? await readWebhook(body, createSlicer(systemClock)).catch((error: unknown) => {
        if (error instanceof SyntaxError) return null;
        throw error;
      })
    : null;
  return (
    found ??
    refuse(
      'invalid_request',
      'This is not version 4 of the Alertmanager webhook; leave the `payload` of the receiver as it is by default.',
    )
  );
};

/** Alertmanager tells of alerts. It comes again for ever after a 5xx, and hardly after anything else that is no 2xx. */
export const alertmanagerRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    app.post(
      ALERTMANAGER_PATH,
      {
        bodyLimit: LARGEST,
        config: { need: 'ingest', inbound: true },
        // Ten thousand at once would hold up everything else: they are checked one by one.
        validatorCompiler: () => (value: unknown) => ({ value }),
        schema: {
          summary: 'Alertmanager tells of alerts (webhook version 4)',
          description:
            'Answered when it is stored; the same again changes nothing. An alert that is not repeated for 11 minutes is stale, never clear. docs/alerts-from-prometheus.md',
          tags: ['inbound'],
          security: SECURED,
          body: webhook,
          response: {
            200: z.object({
              changed: z.int().meta({ description: 'people hear of these' }),
              repeated: z.int().meta({ description: 'no news' }),
              silenced: z.int().meta({ description: 'fire, and something else explains them' }),
              unknown: z.int().meta({ description: 'resolved, and never fired here' }),
              refused: z.int().meta({ description: 'no alerts: without labels, or larger than 256 KB' }),
            }),
            ...refusals,
          },
        },
      },
      async (request, reply) => {
        try {
          const { externalUrl, truncated, alerts } = await read(request.body);
          return await nines.verbs.hear({ judge: `alertmanager:${externalUrl}`, alerts, truncated });
        } catch (error) {
          // Another replica may be behind the same address: the next try must not come down the same connection.
          void reply.header('connection', 'close');
          throw error;
        }
      },
    );
    done();
  };
