import { Readable } from 'node:stream';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { actorOf } from '../auth.ts';
import { refusals, SECURED } from '../wire/scalars.ts';

/** Of one that is sent as it is made. */
const BACKUP_TYPE = 'application/x-tar';

const by = z.string().max(200).optional().meta({ description: 'who asks, as the audit will name them' });

const finding = z
  .object({
    what: z.string(),
    ok: z.boolean(),
    text: z.string(),
    code: z.string().nullable().meta({ description: 'stable; docs/errors.md explains each' }),
  })
  .meta({ id: 'Finding' });

const store = z
  .object({
    bytes: z.number(),
    schemaVersion: z.int(),
    writable: z.boolean(),
    lastError: z.string().nullable(),
    setAside: z.array(z.string()).meta({ description: 'damaged files that were put aside and still lie there' }),
  })
  .meta({ id: 'Store' });

export const backupRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    const running = new Set<Readable>();
    // Whoever reads slowly must not keep Nines from stopping; the command knows that its file is not whole.
    app.addHook('preClose', async () => {
      for (const stream of running) stream.destroy();
    });
    app.post(
      '/api/v1/backup',
      {
        config: { need: 'act' },
        schema: {
          summary: 'Everything that is kept, as one archive',
          description:
            'A tar archive: nines.db, series.db (SQLite) and, last, manifest.json with their SHA-256. Without manifest.json it broke off.',
          tags: ['store'],
          security: SECURED,
          body: z.object({ by }),
          response: { 200: z.any().meta({ type: 'string', format: 'binary' }), ...refusals },
        },
      },
      async (request, reply) => {
        const backup = await nines.verbs.backup(actorOf(request, request.body.by));
        const stream = Readable.from(backup.chunks, { objectMode: false });
        // Also when nobody is there any more to read the first piece.
        running.add(stream);
        stream.once('close', () => {
          running.delete(stream);
          void backup.release();
        });
        return reply.type(BACKUP_TYPE).send(stream);
      },
    );
    app.post(
      '/api/v1/verify',
      {
        config: { need: 'act' },
        schema: {
          summary: 'Looks through everything that is kept',
          description: 'Every page, and what must always hold between rows; on a copy, so nothing waits for it.',
          tags: ['store'],
          security: SECURED,
          response: { 200: z.object({ ok: z.boolean(), findings: z.array(finding) }), ...refusals },
        },
      },
      async () => {
        const [{ findings }, { setAside }] = await Promise.all([nines.verify(), nines.store()]);
        const all = [
          ...findings,
          ...setAside.map((file) => ({
            what: file,
            ok: false,
            text: 'was damaged and put aside when Nines started; restore a backup, or remove it when you have seen it',
            code: 'data_corrupt',
          })),
        ];
        return { ok: all.every(({ ok }) => ok), findings: all };
      },
    );
    app.get(
      '/api/v1/store',
      {
        schema: {
          summary: 'The store as it stands',
          tags: ['store'],
          security: SECURED,
          response: { 200: store, ...refusals },
        },
      },
      async () => {
        const { setAside, ...info } = await nines.store();
        return { ...info, setAside: [...setAside] };
      },
    );
    done();
  };
