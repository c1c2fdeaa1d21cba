import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import { NinesError } from '../../errors.ts';
import { unknownResult, type CheckResult } from '../../probe/probe.ts';
import type { Prober } from '../../probe/prober.ts';
import type { CheckTarget } from '../../probe/targets.ts';
import { debugText } from '../blackbox/debug.ts';
import { expositionOf } from '../blackbox/exposition.ts';
import type { Modules } from '../blackbox/config.ts';
import type { Module } from '../blackbox/module.ts';

export type Blackbox = {
  modules: Modules;
  check: Prober['check'];
  now: () => number;
  /** Somebody asked for a module that does not exist: `blackbox_module_unknown_total`. */
  onUnknownModule: () => void;
};

type Query = Readonly<Record<string, string | string[] | undefined>>;

/** Prometheus must have the answer before it gives up: so much is left for the way, as blackbox_exporter leaves. */
const OFFSET_S = 0.5;
const LONGEST_S = 120;
/** Checks that callers may have under way at once. */
const MAX_IN_FLIGHT = 256;

/**
 * How long a check may take, seconds, by blackbox_exporter's arithmetic; null when the header is no number. A module's
 * own timeout counts when it is shorter, or when the scraper leaves no time.
 */
export const timeoutOf = (header: string | undefined, moduleMs: number | null): number | null => {
  const given = header === undefined || header === '' ? 0 : Number(header);
  if (!Number.isFinite(given)) return null;
  const most = (given === 0 ? LONGEST_S : given) - OFFSET_S;
  const own = (moduleMs ?? 0) / 1_000;
  return (own < most && own > 0) || most < 0 ? own : most;
};

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? (value[0] ?? '') : (value ?? ''));

/** blackbox_exporter decodes a target twice. */
const decoded = (target: string): string => {
  try {
    return decodeURIComponent(target.replaceAll('+', ' '));
  } catch {
    return target;
  }
};

const refuse = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);

const hostConflict = (check: CheckTarget | null, module: Module, target: string, hostname: string): string | null => {
  const before = hostname === '' ? null : module.checkOf(target, null);
  if (check?.kind !== 'http' || before?.kind !== 'http') return null;
  const own = Object.entries(before.headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  return own === undefined || own === hostname
    ? null
    : `host header defined both in module configuration (${own}) and with URL-parameter 'hostname' (${hostname})`;
};

const NO_TARGET = 'the target is none for this module, or one that may not be visited';

const refusedResult = (id: string, at: number): CheckResult => ({
  ...unknownResult(id, at, 'address-refused', NO_TARGET),
  outcome: 'fail',
});

/** `GET /probe?target=&module=`: one check now, answered as blackbox_exporter answers, for scrape configurations that exist. */
export const blackboxRoutes =
  ({ modules, check, now, onUnknownModule }: Blackbox): FastifyPluginCallback =>
  (app, _options, done) => {
    let inFlight = 0;

    const checked = async (module: Module, target: CheckTarget | null, timeoutMs: number): Promise<CheckResult> => {
      const id = `probe/${module.name}`;
      if (target === null) return refusedResult(id, now());
      if (inFlight >= MAX_IN_FLIGHT)
        throw new NinesError('server_busy', `${MAX_IN_FLIGHT} probes are under way already; scrape again later.`);
      inFlight++;
      const timing = { intervalMs: timeoutMs, timeoutMs, retries: { count: 0, waitMs: 0 }, budget: null };
      try {
        return await check({ id, ...timing, check: target });
      } finally {
        inFlight--;
      }
    };

    app.get<{ Querystring: Query }>(
      '/probe',
      { exposeHeadRoute: false, config: { need: 'visit', rateLimit: false }, schema: { hide: true } },
      async ({ query, headers }, reply) => {
        const name = one(query['module']) || 'http_2xx';
        const module = modules.usable.get(name);
        if (!module) {
          const why = modules.refused.get(name);
          if (why !== undefined)
            return refuse(reply, 400, `Module ${JSON.stringify(name)} asks for what Nines cannot do: ${why}`);
          onUnknownModule();
          return refuse(reply, 400, `Unknown module ${JSON.stringify(name)}`);
        }
        const wait = one(headers['x-prometheus-scrape-timeout-seconds']);
        const seconds = timeoutOf(wait, module.timeoutMs);
        if (seconds === null)
          return refuse(reply, 500, `Failed to parse timeout from Prometheus header: ${JSON.stringify(wait)}`);
        const target = decoded(one(query['target']));
        if (target === '') return refuse(reply, 400, 'Target parameter is missing');
        const hostname = one(query['hostname']);
        const asked = module.checkOf(target, hostname === '' ? null : hostname);
        const conflict = hostConflict(asked, module, target, hostname);
        if (conflict !== null) return refuse(reply, 400, conflict);

        const timeoutMs = Math.max(1, Math.round(seconds * 1_000));
        const result = await checked(module, asked, timeoutMs);
        const objection = result.outcome === 'pass' ? module.objection(result) : null;
        const success = result.outcome === 'pass' && objection === null;
        const metrics = expositionOf({ prober: module.prober, result, success, timeoutMs });
        if (one(query['debug']) === 'true') {
          const said = success ? '' : (objection ?? result.detail);
          const text = debugText(module, target, asked, { result, timeoutMs, said, metrics });
          return reply.type('text/plain; charset=utf-8').send(text);
        }
        return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics);
      },
    );
    done();
  };
