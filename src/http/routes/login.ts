import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { loginPage } from '../../web/pages/login.ts';
import type { Auth } from '../auth.ts';
import type { Views } from '../views.ts';

/** Only a path of ours: `//elsewhere` and `/\elsewhere` would lead away. */
export const ownPath = (next: string | undefined): string => {
  const url = next !== undefined && /^\/(?![/\\])/.test(next) ? URL.parse(next, 'http://here') : null;
  return url?.host === 'here' ? `${url.pathname}${url.search}` : '/';
};

const next = z.string().max(2_000).optional();

export const loginRoutes =
  (auth: Auth, views: Views): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    app.get(
      '/login',
      { config: { need: 'open', page: true }, schema: { hide: true, querystring: z.object({ next }) } },
      async (request, reply) => {
        void reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
        return loginPage(await views.frame(request, reply), ownPath(request.query.next), false);
      },
    );
    app.post(
      '/login',
      {
        config: { need: 'open', page: true, rateLimit: { max: 10, timeWindow: '1 minute' } },
        schema: { hide: true, body: z.object({ token: z.string().max(1_000), name: z.string().max(1_000), next }) },
      },
      async (request, reply) => {
        const { token, name, next } = request.body;
        if (auth.isPeopleToken(token)) {
          auth.startSession(reply, 'login', name || 'somebody');
          return reply.redirect(ownPath(next), 303);
        }
        void reply.code(401).type('text/html; charset=utf-8').header('cache-control', 'no-store');
        return loginPage(await views.frame(request, reply), ownPath(next), true);
      },
    );
    app.post('/logout', { config: { need: 'act', page: true }, schema: { hide: true } }, (_request, reply) => {
      auth.endSession(reply);
      return reply.redirect(auth.loginRequired ? '/login' : '/', 303);
    });
    app.post(
      '/you',
      {
        config: { need: 'act', page: true },
        schema: { hide: true, body: z.object({ name: z.string().max(1_000), next }) },
      },
      (request, reply) => {
        if (request.caller.session) auth.rename(reply, request.caller.session, request.body.name);
        return reply.redirect(ownPath(request.body.next), 303);
      },
    );
    done();
  };
