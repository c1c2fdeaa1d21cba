import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import { NinesError } from '../errors.ts';
import type { Log } from '../log.ts';
import { controlRoutes } from './control.ts';
import { duruRoutes } from './duru/routes.ts';
import { createFaults } from './faults.ts';
import { LAB } from './known.ts';
import type { Setup } from './known.ts';
import { isLoopback } from './origin.ts';
import { createAccount } from './pagerduty/account.ts';
import { pagerdutyRoutes } from './pagerduty/routes.ts';
import { pageRoutes } from './page/routes.ts';
import { slackRoutes } from './slack/routes.ts';
import { createWorkspace } from './slack/workspace.ts';

export type Lab = {
  /** `http://127.0.0.1:9701`; the prefixes are /duru, /notifications, /slack/api, /v2/enqueue and /lab. */
  url: string;
  port: number;
  close(): Promise<void>;
};

export type LabOptions = { host: string; port: number; clock: Clock; log: Log; setup?: Partial<Setup> };

const DEFAULT_SETUP: Setup = {
  channels: LAB.slackChannels,
  routingKeys: LAB.routingKeys,
  metricsToken: LAB.metricsToken,
};

const acceptForms = (app: FastifyInstance): void => {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
  );
};

const listen = async (app: FastifyInstance, host: string, port: number): Promise<void> => {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    throw new NinesError(
      'port_in_use',
      `The lab cannot listen on ${host}:${port}, something else does; choose another port.`,
      {
        cause: error,
      },
    );
  }
};

/**
 * Starts the stand-ins of Duru's API and notification service, Slack and PagerDuty, and the page that breaks them.
 * Port 0 takes a free one. Throws `port_in_use`.
 */
export const createLab = async ({ host, port, clock, log, setup = {} }: LabOptions): Promise<Lab> => {
  const { channels, routingKeys, metricsToken } = { ...DEFAULT_SETUP, ...setup };
  const app = fastify({ forceCloseConnections: true });
  const closing = new AbortController();
  const faults = createFaults(() => clock.now());
  const workspace = createWorkspace(clock, channels);
  const account = createAccount(clock);
  acceptForms(app);

  const duru = duruRoutes(app, { clock, faults, metricsToken, closing: closing.signal });
  const slack = slackRoutes(app, { clock, faults, workspace });
  const pagerduty = pagerdutyRoutes(app, { clock, faults, account });
  controlRoutes(app, {
    faults,
    workspace,
    account,
    routingKeys,
    loopbackOnly: isLoopback(host),
    changed: (fault) => {
      duru.advance();
      log.info('lab fault switched', { fault: fault.id, on: fault.on });
    },
    reset: () => {
      for (const part of [faults, workspace, account, slack, pagerduty]) part.reset();
      duru.advance();
    },
  });
  pageRoutes(app, { faults, workspace, account, routingKeys });

  await listen(app, host, port);
  const address = app.server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    port: address.port,
    close: async () => {
      closing.abort();
      await app.close();
    },
  };
};
