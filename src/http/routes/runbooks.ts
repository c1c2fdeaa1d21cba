import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { runbookPage } from '../../web/pages/runbook.ts';
import { refuse } from '../errors.ts';
import { FIRST, runbookAt } from '../runbooks.ts';
import type { Runbooks } from '../runbooks.ts';
import type { Views } from '../views.ts';

/** What to do when an alert fires, where its `runbook_url` leads. */
export const runbookRoutes =
  (runbooks: Runbooks, views: Views): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    const config = { page: true };
    const missing = (name: string): never => refuse('not_found', `No runbook is called ${name}.`);
    app.addHook('preHandler', async (_request, reply) => {
      void reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
    });
    app.get('/runbooks', { config, schema: { hide: true } }, async (request, reply) => {
      const others = [...runbooks.values()].filter(({ name }) => name !== FIRST);
      return runbookPage(await views.frame(request, reply), runbooks.get(FIRST) ?? missing(FIRST), others);
    });
    app.get(
      '/runbooks/:page',
      { config, schema: { hide: true, params: z.object({ page: z.string() }) } },
      async (request, reply) => {
        const { page } = request.params;
        const runbook = runbookAt(runbooks, page) ?? missing(page.replace(/\.md$/, ''));
        return runbookPage(await views.frame(request, reply), runbook, []);
      },
    );
    done();
  };
