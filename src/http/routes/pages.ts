import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { incidentPage } from '../../web/pages/incident.ts';
import { incidentsPage } from '../../web/pages/incidents.ts';
import { nowPage } from '../../web/pages/now.ts';
import { probePage } from '../../web/pages/probe.ts';
import { probesPage } from '../../web/pages/probes.ts';
import { sloPage } from '../../web/pages/slo.ts';
import { SLO_SORTS, slosPage } from '../../web/pages/slos.ts';
import { refuse } from '../errors.ts';
import { PROBE_STATES } from '../../web/view.ts';
import type { Views } from '../views.ts';

const LISTED = 200;

const word = z.string().max(200).catch('');

/** The pages. A GET reads and changes nothing: previews and prefetchers follow links. */
export const pageRoutes =
  (nines: Nines, views: Views): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    const config = { page: true };
    app.addHook('preHandler', async (_request, reply) => {
      void reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
    });
    app.get('/', { config, schema: { hide: true } }, async (request, reply) => {
      const frame = await views.frame(request, reply);
      const incidents = await nines.incidents({ state: 'open', limit: LISTED });
      return nowPage(frame, {
        incidents,
        slos: nines.slos(),
        probes: (await nines.probes({ limit: 0 })).counts,
        infos: views.infos(),
        silenced: nines.silenced(),
      });
    });
    const sloQuery = z.object({ sort: z.enum(SLO_SORTS).catch('state'), state: word, q: word });
    app.get('/slos', { config, schema: { hide: true, querystring: sloQuery } }, async (request, reply) =>
      slosPage(await views.frame(request, reply), nines.slos(), request.query),
    );
    const wild = z.object({ '*': z.string() });
    app.get('/slos/*', { config, schema: { hide: true, params: wild } }, async (request, reply) => {
      const id = request.params['*'];
      const view = (await views.slo(id)) ?? refuse('not_found', `No SLO is called ${id}.`);
      return sloPage(await views.frame(request, reply), view);
    });
    app.get(
      '/probes',
      { config, schema: { hide: true, querystring: z.object({ state: z.enum(PROBE_STATES).nullable().catch(null) }) } },
      async (request, reply) =>
        probesPage(
          await views.frame(request, reply),
          await views.probes(request.query.state),
          request.query.state,
          nines.locations(),
        ),
    );
    app.get('/probes/*', { config, schema: { hide: true, params: wild } }, async (request, reply) => {
      const id = request.params['*'];
      const view = views.probe(id) ?? refuse('not_found', `No probe is called ${id}.`);
      return probePage(await views.frame(request, reply), view, await views.results(id), nines.words(id));
    });
    const listQuery = z.object({ state: z.enum(['open', 'resolved', '']).catch('') });
    app.get('/incidents', { config, schema: { hide: true, querystring: listQuery } }, async (request, reply) => {
      const { state } = request.query;
      const incidents = await nines.incidents({ limit: LISTED, ...(state ? { state } : {}) });
      return incidentsPage(await views.frame(request, reply), incidents, state);
    });
    app.get(
      '/incidents/:id',
      { config, schema: { hide: true, params: z.object({ id: z.string() }) } },
      async (request, reply) => {
        const { id } = request.params;
        const view = (await views.incident(id, null)) ?? refuse('not_found', `No incident has the id ${id}.`);
        return incidentPage(await views.frame(request, reply), view);
      },
    );
    done();
  };
