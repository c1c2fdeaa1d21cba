import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { parseDuration } from '../../duration.ts';
import type { Nines, VerbResult } from '../../engine/nines.ts';
import type { Actor } from '../../incident/timeline.ts';
import { idPath } from '../../web/html.ts';
import { incidentPage } from '../../web/pages/incident.ts';
import { actorOf } from '../auth.ts';
import { refuse } from '../errors.ts';
import type { Views } from '../views.ts';

/** Fields of any verb's form; a form only has texts. */
const fields = z.object({
  episode: z.coerce.number().int().optional(),
  for: z.string().optional(),
  text: z.string().max(4_000).optional(),
  executive: z.literal('true').optional(),
});
type Fields = z.output<typeof fields>;

const NAMES = ['acknowledge', 'unacknowledge', 'resolve', 'snooze', 'escalate', 'note'] as const;

const perform = (
  nines: Nines,
  verb: (typeof NAMES)[number],
  id: string,
  by: Actor,
  sent: Fields,
): Promise<VerbResult> => {
  switch (verb) {
    case 'acknowledge':
      return nines.verbs.acknowledge(id, by, sent.episode);
    case 'unacknowledge':
      return nines.verbs.unacknowledge(id, by);
    case 'resolve':
      return nines.verbs.resolve(id, by, sent.episode);
    case 'snooze': {
      const forMs = parseDuration(sent.for ?? '') ?? 0;
      return forMs > 0
        ? nines.verbs.snooze(id, by, forMs)
        : refuse('invalid_request', 'Snooze for a duration such as 1h.');
    }
    case 'escalate':
      return nines.verbs.escalate(id, by, sent.executive === 'true');
    case 'note': {
      const text = sent.text?.trim();
      return text ? nines.verbs.note(id, by, text) : refuse('invalid_request', 'A note needs a text.');
    }
  }
};

/** The forms of the incident page. Done: back to the page (303), so that a reload repeats nothing. */
export const pageVerbRoutes =
  (nines: Nines, views: Views): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    const refusedPage = async (
      request: FastifyRequest,
      reply: FastifyReply,
      id: string,
      message: string,
    ): Promise<string> => {
      const view = (await views.incident(id, message)) ?? refuse('not_found', message);
      void reply.code(409).type('text/html; charset=utf-8').header('cache-control', 'no-store');
      const path = `/incidents/${idPath(id)}`;
      return incidentPage({ ...(await views.frame(request, reply)), path }, view);
    };
    for (const verb of NAMES)
      app.post(
        `/incidents/:id/${verb}`,
        {
          config: { need: 'act', page: true },
          schema: { hide: true, params: z.object({ id: z.string() }), body: fields },
        },
        async (request, reply) => {
          const { id } = request.params;
          const result = await perform(nines, verb, id, actorOf(request, undefined), request.body);
          if (result.ok) return reply.redirect(`/incidents/${idPath(id)}`, 303);
          return refusedPage(request, reply, id, result.message);
        },
      );
    done();
  };
