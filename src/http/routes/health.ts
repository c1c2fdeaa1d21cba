import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';

/** `/health`: the process is alive. `/ready`: it may be sent traffic; 503 with the reason while not. Open to all. */
export const healthRoutes =
  (nines: Nines, version: string): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    const config = { need: 'open' as const, inbound: true };
    const health = z.object({ status: z.literal('ok'), version: z.string() });
    const role = z.enum(['alone', 'leader', 'follower']);
    const ready = z.object({ ready: z.boolean(), reason: z.string().nullable(), role });
    app.get('/health', { config, schema: { summary: 'Alive', tags: ['health'], response: { 200: health } } }, () => ({
      status: 'ok' as const,
      version,
    }));
    app.get(
      '/ready',
      { config, schema: { summary: 'Ready for traffic', tags: ['health'], response: { 200: ready, 503: ready } } },
      (_request, reply) => {
        const state = nines.ready();
        void reply.code(state.ready ? 200 : 503);
        const { leads, alone } = nines.replica();
        return { ...state, role: alone ? ('alone' as const) : leads ? ('leader' as const) : ('follower' as const) };
      },
    );
    done();
  };
