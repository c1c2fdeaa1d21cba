import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { refusals, SECURED } from '../wire/scalars.ts';

const channel = z.object({ id: z.string(), ok: z.boolean(), text: z.string() }).meta({ id: 'ChannelCheck' });

export const channelRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    app.get(
      '/api/v1/channels',
      {
        schema: {
          summary: 'Whether each channel is configured, reachable and allowed; pages nobody',
          tags: ['channels'],
          security: SECURED,
          response: { 200: z.object({ channels: z.array(channel) }), ...refusals },
        },
      },
      async () => ({ channels: [...(await nines.channels())] }),
    );
    done();
  };
