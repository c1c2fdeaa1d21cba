import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FAULTS, isFaultId } from './faults.ts';
import type { Fault, Faults } from './faults.ts';
import { ownOrigin, reachedByLoopback } from './origin.ts';
import type { Account } from './pagerduty/account.ts';
import { pagerdutyShown, slackShown } from './shown.ts';
import type { Workspace } from './slack/workspace.ts';

type Parts = {
  faults: Faults;
  workspace: Workspace;
  account: Account;
  routingKeys: Readonly<Record<string, string>>;
  /** Whether the lab listens on this machine alone, so that no other name may lead to it. */
  loopbackOnly: boolean;
  /** Called after every change of a fault. */
  changed(fault: Fault): void;
  reset(): void;
};

const problem = (code: string, message: string) => ({ error: { code, message } });

const isForm = (request: FastifyRequest): boolean =>
  (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');

/** `{"on":true}` from a program, `on=true` from the page's form; undefined when it is neither. */
const wanted = (body: unknown): boolean | undefined => {
  const on = typeof body === 'object' && body !== null ? (body as { on?: unknown }).on : undefined;
  if (on === true || on === 'true') return true;
  return on === false || on === 'false' ? false : undefined;
};

const back = (reply: FastifyReply, anchor: string): FastifyReply => reply.redirect(`/lab#${anchor}`, 303);

/** The lab's own doors: switch faults, see what arrived, begin again. */
export const controlRoutes = (app: FastifyInstance, parts: Parts): void => {
  const { faults, workspace, account, routingKeys } = parts;

  const fromElsewhere = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const named = !parts.loopbackOnly || reachedByLoopback(request.headers);
    if (named && ownOrigin(request.headers)) return done();
    const message = 'The lab takes changes only from its own page or from a program on this machine.';
    reply.code(403).send(problem('forbidden', message));
  };

  app.get('/lab/faults', () => ({ faults: faults.list() }));
  app.get('/lab/slack', () => slackShown(workspace));
  app.get('/lab/pagerduty', () => pagerdutyShown(account, routingKeys));

  app.post<{ Params: { id: string } }>('/lab/faults/:id', { preHandler: fromElsewhere }, (request, reply) => {
    const { id } = request.params;
    if (!isFaultId(id)) {
      const known = FAULTS.map((fault) => fault.id).join(', ');
      return reply.code(404).send(problem('not_found', `There is no fault ${JSON.stringify(id)}; there are ${known}.`));
    }
    const on = wanted(request.body);
    if (on === undefined)
      return reply
        .code(400)
        .send(problem('invalid_request', 'Send {"on":true} to break it or {"on":false} to repair it.'));
    const fault = faults.set(id, on);
    parts.changed(fault);
    return isForm(request) ? back(reply, id) : reply.send(fault);
  });

  app.post('/lab/faults', { preHandler: fromElsewhere }, (request, reply) => {
    if (wanted(request.body) !== false)
      return reply.code(400).send(problem('invalid_request', 'Send {"on":false} to repair everything at once.'));
    for (const fault of faults.list().filter(({ on }) => on)) parts.changed(faults.set(fault.id, false));
    return isForm(request) ? back(reply, 'faults') : reply.send({ faults: faults.list() });
  });

  app.post('/lab/reset', { preHandler: fromElsewhere }, (request, reply) => {
    parts.reset();
    return isForm(request) ? back(reply, 'top') : reply.code(204).send();
  });
};
