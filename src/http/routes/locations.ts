import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Nines } from '../../engine/nines.ts';
import { refuse } from '../errors.ts';
import { hello, location, locationWire, PROTOCOL, reports, resultsIn } from '../wire/location.ts';
import { refusals, SECURED } from '../wire/scalars.ts';

/** So many targets are written at once: a location may have all of a large fleet, and others want to be heard. */
const PIECE = 100;

/** JSON of `head` and the targets. `sentAt` comes last: the time for which we write is not the road's. */
function* written(head: object, targets: readonly string[], now: () => number): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"targets":[`;
  for (let from = 0; from < targets.length; from += PIECE)
    yield `${from > 0 ? ',' : ''}${targets.slice(from, from + PIECE).join(',')}`;
  yield `],"sentAt":${now()}}`;
}

const named = z.object({ name: z.string().min(1).max(64) });

/** Agents: they ask for what they are to check, and report what they saw. Every connection is theirs. */
export const locationRoutes =
  (nines: Nines): FastifyPluginCallbackZod =>
  (app, _options, done) => {
    const closing = new AbortController();
    // A server that stops waits for answers in flight: these would take 20 s, or as long as somebody reads slowly.
    const writing = new Set<Readable>();
    app.addHook('preClose', async () => {
      closing.abort();
      for (const stream of writing) stream.destroy();
    });

    app.get(
      '/api/v1/locations',
      {
        schema: {
          summary: 'Where checks run besides Nines itself',
          tags: ['probes'],
          security: SECURED,
          response: { 200: z.object({ locations: z.array(location) }), ...refusals },
        },
      },
      () => ({ locations: nines.locations().map(locationWire) }),
    );
    app.post(
      '/api/v1/locations/:name/poll',
      {
        config: { need: 'agent', inbound: true },
        schema: {
          summary: 'An agent asks for its targets',
          description:
            'Answered when they are others than those of `revision`, or after `waitMs`. The targets hold secrets. `receivedAt` and `sentAt` are of the clock of Nines, epoch ms.',
          tags: ['agents'],
          security: SECURED,
          params: named,
          body: hello,
          response: {
            200: z.object({
              protocol: z.int(),
              revision: z.string(),
              targets: z.array(z.unknown()).nullable(),
              receivedAt: z.number(),
              sentAt: z.number(),
            }),
            ...refusals,
          },
        },
      },
      async (request, reply) => {
        const receivedAt = nines.now();
        const { protocol, ...about } = request.body;
        if (protocol !== PROTOCOL)
          refuse(
            'invalid_request',
            `This Nines speaks protocol ${PROTOCOL} with agents, this agent ${protocol}; run the same version on both.`,
          );
        const gone = new AbortController();
        reply.raw.once('close', () => gone.abort());
        const answer = await nines.verbs.joined(
          request.params.name,
          about,
          AbortSignal.any([gone.signal, closing.signal]),
        );
        if (!answer.ok) return refuse(answer.code, answer.message);
        void reply.header('cache-control', 'no-store');
        const { revision, targets } = answer;
        if (targets === null) return { protocol: PROTOCOL, revision, targets, receivedAt, sentAt: nines.now() };
        const pieces = written({ protocol: PROTOCOL, revision, receivedAt }, targets, nines.now);
        const stream = Readable.from(pieces, { objectMode: false });
        writing.add(stream);
        stream.once('close', () => writing.delete(stream));
        void reply.type('application/json; charset=utf-8');
        return (reply as FastifyReply).send(stream);
      },
    );
    app.post(
      '/api/v1/locations/:name/results',
      {
        bodyLimit: 2 * 1024 * 1024,
        config: { need: 'agent', inbound: true },
        schema: {
          summary: 'An agent reports check results',
          description:
            'Answered when they are stored. A result is known by probe, time and location: one that is repeated counts once.',
          tags: ['agents'],
          security: SECURED,
          params: named,
          body: reports,
          response: { 200: z.object({ taken: z.int(), refused: z.int() }), ...refusals },
        },
      },
      async (request) => {
        const { results } = request.body;
        const read = resultsIn(results);
        const { taken, refused } = await nines.verbs.reported(request.params.name, read);
        return { taken, refused: refused + results.length - read.length };
      },
    );
    done();
  };
