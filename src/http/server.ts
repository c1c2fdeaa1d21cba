import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Config } from '../config.ts';
import type { Nines } from '../engine/nines.ts';
import { NinesError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Secret } from '../secret.ts';
import { errorPage } from '../web/pages/error.ts';
import { readAssets } from './assets.ts';
import { createAuth } from './auth.ts';
import { handleErrors, refusedOf, sendRefusal } from './errors.ts';
import { createEvents } from './events.ts';
import { createHostCheck } from './host-check.ts';
import { describeApi } from './openapi.ts';
import { alertmanagerRoutes } from './routes/alertmanager.ts';
import { assetRoutes } from './routes/assets.ts';
import { backupRoutes } from './routes/backup.ts';
import { beatRoutes } from './routes/beats.ts';
import { blackboxRoutes } from './routes/blackbox.ts';
import type { Blackbox } from './routes/blackbox.ts';
import { channelRoutes } from './routes/channels.ts';
import { eventRoutes } from './routes/events.ts';
import { happeningRoutes } from './routes/happenings.ts';
import { healthRoutes } from './routes/health.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { labRoutes } from './routes/lab.ts';
import { connectorRoutes } from './routes/connectors.ts';
import { locationRoutes } from './routes/locations.ts';
import { loginRoutes } from './routes/login.ts';
import { metricsRoutes } from './routes/metrics.ts';
import type { MetricsText } from './routes/metrics.ts';
import { pageVerbRoutes } from './routes/page-verbs.ts';
import { pageRoutes } from './routes/pages.ts';
import { probeRoutes } from './routes/probes.ts';
import { retentionRoutes } from './routes/retention.ts';
import { runbookRoutes } from './routes/runbooks.ts';
import { sloRoutes } from './routes/slos.ts';
import { verbRoutes } from './routes/verbs.ts';
import { readRunbooks } from './runbooks.ts';
import { createViews } from './views.ts';

export type ServerOptions = {
  nines: Nines;
  config: Pick<Config, 'version' | 'host' | 'port' | 'publicUrl'> & Partial<Pick<Config, 'agentToken'>>;
  metricsText: MetricsText;
  log: Log;
  tokens: { people: Secret; ingest: Secret };
  /** NINES_TOKEN was set, or the address is not loopback. */
  loginRequired: boolean;
  /** `GET /probe`, as blackbox_exporter has it; left out, there is no such door. */
  blackbox?: Blackbox;
  /** Folder of the team's own runbooks, beside those that are shipped. */
  runbooksDir?: string;
  /** Where the demo's lab listens; `/lab` is forwarded to it. */
  labUrl?: string;
  randomToken: () => string;
};

/** Ready to `listen`; closing it ends event streams and lets answers in flight finish. */
export const createServer = async (options: ServerOptions): Promise<FastifyInstance> => {
  const { nines, config, log, tokens, loginRequired, randomToken } = options;
  const { version } = config;
  const app = Fastify({
    logger: false,
    bodyLimit: 256 * 1024,
    keepAliveTimeout: 330_000,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, _request, reply) => void sendRefusal(reply, refusedOf(error)),
  });
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler);

  const auth = createAuth({
    tokens,
    agentToken: config.agentToken ?? null,
    loginRequired,
    randomToken,
    now: () => nines.now(),
    cookieName: `nines_${config.port}`,
    secureCookies: config.publicUrl?.startsWith('https:') ?? false,
  });
  const assets = readAssets();
  const views = createViews(nines, auth, assets, version);
  const events = createEvents(nines.now());

  auth.identify(app);
  refuseForeignHosts(app, options);
  acceptForms(app);
  await protect(app);
  auth.guard(app);
  await describeApi(app, version);
  handleErrors(app, log, isForPeople, async (request, reply, refused) =>
    errorPage(await views.frame(request, reply), refused),
  );

  for (const routes of [
    sloRoutes(nines),
    probeRoutes(nines),
    channelRoutes(nines),
    incidentRoutes(nines),
    verbRoutes(nines),
    locationRoutes(nines),
    connectorRoutes(nines),
    beatRoutes(nines),
    alertmanagerRoutes(nines),
    backupRoutes(nines),
    happeningRoutes(nines),
    retentionRoutes(nines),
    healthRoutes(nines, version),
    metricsRoutes(options.metricsText),
    ...(options.blackbox ? [blackboxRoutes(options.blackbox)] : []),
    eventRoutes(nines, events),
    assetRoutes(assets),
    pageRoutes(nines, views),
    pageVerbRoutes(nines, views),
    runbookRoutes(readRunbooks(...(options.runbooksDir ? [options.runbooksDir] : [])), views),
    loginRoutes(auth, views),
    ...(options.labUrl ? [labRoutes(options.labUrl)] : []),
  ])
    await app.register(routes);
  return app;
};

// With a login nothing is to be had without a token or a cookie of our own name, so any name may lead here.
const refuseForeignHosts = (app: FastifyInstance, { config, loginRequired }: ServerOptions): void => {
  if (loginRequired) return;
  const isOurs = createHostCheck(config.host, config.publicUrl);
  app.addHook('onRequest', async (request) => {
    if (isOurs(request.headers.host)) return;
    // Under a foreign name nobody is anybody, whatever the cookie says: its page must not get a session of ours.
    request.caller = null as unknown as FastifyRequest['caller'];
    throw new NinesError(
      'forbidden',
      'This name does not belong to Nines; open it by its address, or set NINES_PUBLIC_URL.',
    );
  });
};

/** Forms are text fields; an empty body is an empty object, whatever its type says. */
const acceptForms = (app: FastifyInstance): void => {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, {}) : void parseJson(request, body as string, done),
  );
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body as string))),
  );
  app.addHook('preValidation', async (request) => {
    if (request.method === 'POST') request.body ??= {};
  });
};

/** Headers, limits and load shedding. Inbound alerts, webhooks and beats are never limited and never shed. */
const protect = async (app: FastifyInstance): Promise<void> => {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    // Plain http behind nobody's certificate is common for a tool on an inner network.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'same-origin' },
  });
  const isKnown = (request: FastifyRequest): boolean =>
    request.caller.bearer !== null || request.caller.session !== null;
  await app.register(rateLimit, {
    max: 600,
    timeWindow: '1 minute',
    allowList: (request) =>
      request.routeOptions.config.rateLimit === undefined &&
      (request.routeOptions.config.inbound === true || isKnown(request)),
  });
  await app.register(underPressure, {
    maxEventLoopDelay: 3_000,
    pressureHandler: async (request) => {
      // Alerts, verbs and pages are for people in need; what programs read can wait.
      const { inbound, need, page } = request.routeOptions.config;
      if (!inbound && !page && need !== 'act')
        throw new NinesError(
          'server_busy',
          'Nines is overloaded and keeps its strength for alerts; try again in 10 s.',
        );
    },
  });
};

const isForPeople = (request: FastifyRequest): boolean =>
  !/^\/(api|metrics|probe|events|health|ready|openapi\.json)(\/|\?|$)/.test(request.url) &&
  (request.headers.accept ?? '').includes('text/html');
