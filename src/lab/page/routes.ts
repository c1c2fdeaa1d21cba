import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../clock.ts';
import type { Faults } from '../faults.ts';
import type { Account } from '../pagerduty/account.ts';
import type { Workspace } from '../slack/workspace.ts';

type Parts = {
  clock: Clock;
  faults: Faults;
  workspace: Workspace;
  account: Account;
  routingKeys: Readonly<Record<string, string>>;
};

export const pageRoutes = (app: FastifyInstance, parts: Parts): void => {
  app.get('/lab', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(`<!doctype html><title>Lab</title>${parts.faults.list().length}`),
  );
};
