import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { parseDuration } from '../../duration.ts';
import type { Nines, VerbResult } from '../../engine/nines.ts';
import { actorOf } from '../auth.ts';
import { refuse } from '../errors.ts';
import { incident, incidentWire } from '../wire/incident.ts';
import { refusals, SECURED } from '../wire/scalars.ts';

const id = z.object({ id: z.string() });
const by = z.string().max(200).optional().meta({ description: 'who acts, as the timeline will name them' });
const episode = z
  .number()
  .int()
  .optional()
  .meta({ description: 'refused when the incident is in another episode by now' });
const duration = z.string().refine((text) => (parseDuration(text) ?? 0) > 0, 'must be a duration such as 30m or 1h');

const plain = z.object({ by });
const episodic = z.object({ by, episode });
const snoozing = z.object({ by, for: duration.meta({ example: '1h' }) });
const escalating = z.object({ by, executive: z.boolean().default(false) });
const noting = z.object({ by, text: z.string().trim().min(1).max(4_000) });

const verb = <T extends z.ZodType>(summary: string, body: T) => ({
  config: { need: 'act' as const },
  schema: {
    summary,
    tags: ['incidents'],
    security: SECURED,
    params: id,
    body,
    response: { 200: z.object({ incident }), ...refusals },
  },
});

const settled = (result: VerbResult) =>
  result.ok ? { incident: incidentWire(result.view) } : refuse(result.code, result.message);

/** What people do to an incident. Each is safe to repeat: a second acknowledge answers `conflict` and who was first. */
export const verbRoutes =
  ({ verbs }: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    const path = (name: string): string => `/api/v1/incidents/:id/${name}`;
    app.post(path('acknowledge'), verb('Take it: the ladder stops climbing', episodic), async (request) =>
      settled(await verbs.acknowledge(request.params.id, actorOf(request, request.body.by), request.body.episode)),
    );
    app.post(path('unacknowledge'), verb('Give it back: the ladder climbs again', plain), async (request) =>
      settled(await verbs.unacknowledge(request.params.id, actorOf(request, request.body.by))),
    );
    app.post(path('resolve'), verb('It is over', episodic), async (request) =>
      settled(await verbs.resolve(request.params.id, actorOf(request, request.body.by), request.body.episode)),
    );
    app.post(path('snooze'), verb('Be quiet for a while', snoozing), async (request) =>
      settled(
        await verbs.snooze(request.params.id, actorOf(request, request.body.by), parseDuration(request.body.for) ?? 0),
      ),
    );
    app.post(path('escalate'), verb('Call the next level now', escalating), async (request) =>
      settled(await verbs.escalate(request.params.id, actorOf(request, request.body.by), request.body.executive)),
    );
    app.post(path('note'), verb('Write something into the timeline', noting), async (request) =>
      settled(await verbs.note(request.params.id, actorOf(request, request.body.by), request.body.text)),
    );
    done();
  };
