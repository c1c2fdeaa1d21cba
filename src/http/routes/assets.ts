import type { FastifyPluginCallback } from 'fastify';
import type { Assets } from '../assets.ts';

export const assetRoutes =
  (assets: Assets): FastifyPluginCallback =>
  (app, _options, done) => {
    for (const { path, type, body } of Object.values(assets))
      app.get(path, { config: { need: 'open' }, schema: { hide: true } }, (_request, reply) =>
        reply
          .type(type)
          .header(
            'cache-control',
            path === assets.icon.path ? 'public, max-age=86400' : 'public, max-age=31536000, immutable',
          )
          .send(body),
      );
    done();
  };
