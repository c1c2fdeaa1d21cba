import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Catalog } from '../definition/catalog.ts';
import type { Nines, ProbeStatus } from '../engine/nines.ts';
import type { Incident } from '../incident/incident.ts';
import type { Policy } from '../incident/policy.ts';
import type { OutboxRow, StoredResult } from '../store/store.ts';
import { idPath } from '../web/html.ts';
import { PROBE_STATES } from '../web/view.ts';
import type {
  DeliveryView,
  Frame,
  IncidentView,
  Mark,
  ProbeState,
  ProbesView,
  ProbeView,
  ResultView,
  SloView,
} from '../web/view.ts';
import type { Assets } from './assets.ts';
import type { Auth, Caller } from './auth.ts';
import { numbersOf } from './wire/probe.ts';

const CHART_POINTS = 240;
const MOST_INCIDENTS = 200;
const MOST_PROBES = 500;

/** What the pages need of the product, in the shapes of web/view.ts. */
export const createViews = (nines: Nines, auth: Auth, assets: Assets, version: string) => {
  // Pages on loopback hand out a session by themselves: without it no form could be told from a foreign site's.
  const sessionOf = (request: FastifyRequest, reply: FastifyReply) =>
    request.caller.session ??
    (auth.loginRequired || request.method !== 'GET' || request.headers['sec-fetch-dest'] === 'empty'
      ? null
      : (request.caller.session = auth.startSession(reply, 'local', 'local')));

  // A page about a store that does not answer must come without it.
  const openIncidents = (): Promise<number | null> =>
    nines.incidents({ state: 'open', limit: MOST_INCIDENTS }).then(
      (views) => views.length,
      () => null,
    );

  const frame = async (request: FastifyRequest, reply: FastifyReply): Promise<Frame> => {
    // Refused before anybody asked who it is (a foreign name, an overload): a stranger, whatever the cookie says.
    const caller = request.caller as Caller | null;
    const session = caller && sessionOf(request, reply);
    const mayRead = caller !== null && (!auth.loginRequired || session !== null || caller.bearer === 'people');
    return {
      now: nines.now(),
      path: request.url,
      version,
      assets: { css: assets.css.path, js: assets.js.path },
      csrf: auth.csrf(session),
      you: session?.name ?? '',
      signedIn: session?.kind === 'login',
      openIncidents: mayRead ? await openIncidents() : null,
      demo: nines.demo && { note: nines.demo.note },
      problems: mayRead ? nines.catalogProblems() : null,
      unreachable: mayRead ? unreachable(nines.catalog()) : [],
      setAside: mayRead
        ? await nines.store().then(
            ({ setAside }) => setAside,
            () => [],
          )
        : [],
    };
  };

  const probe = ({ last, ...status }: ProbeStatus): ProbeView => ({ ...status, last: last && resultView(last) });

  return {
    frame,
    /** The worst first, of one state or of all; at most as many as a page may hold. */
    probes: async (state: ProbeState | null): Promise<ProbesView> => {
      const shown: ProbeView[] = [];
      const all = await nines.probes({ states: state ? [state] : null, limit: state ? MOST_PROBES : 0 });
      shown.push(...all.probes.map(probe));
      for (const one of state ? [] : PROBE_STATES.filter((name) => all.counts.has(name))) {
        const room = MOST_PROBES - shown.length;
        if (room > 0) shown.push(...(await nines.probes({ states: [one], limit: room })).probes.map(probe));
      }
      return { shown, counts: all.counts };
    },
    infos: () => nines.alerts().filter(({ severity, status }) => severity === 'info' && status !== 'pending'),
    probe: (id: string): ProbeView | undefined => {
      const status = nines.probe(id);
      return status && probe(status);
    },
    results: async (id: string): Promise<ResultView[]> => (await nines.results(id, 50)).map(resultView),
    async slo(id: string): Promise<SloView | undefined> {
      const status = nines.slo(id);
      if (!status) return undefined;
      const { span } = status.budget;
      const [points, incidents, happenings] = await Promise.all([
        nines.burnDown(id, CHART_POINTS),
        nines.incidents({ limit: MOST_INCIDENTS }),
        nines.happenings(status.slo.system, span.from, span.to),
      ]);
      const marks: Mark[] = [
        ...incidents
          .filter(({ incident }) => Object.values(incident.alerts).some((alert) => alert.slo === id))
          .map(({ incident }) => ({
            at: incident.badFrom,
            until: incident.badTo ?? incident.resolved?.at ?? null,
            kind: 'incident' as const,
            text: incident.title,
            href: `/incidents/${idPath(incident.id)}`,
          })),
        ...happenings
          .filter(({ service }) => service === null || service === status.slo.service)
          .map(({ at, kind, text }) => ({
            at,
            until: null,
            kind: 'happening' as const,
            text: `${kind}: ${text}`,
            href: null,
          })),
      ];
      return {
        status,
        source: nines.source(id),
        points,
        marks: marks.filter(({ until, at }) => (until ?? nines.now()) >= span.from && at < span.to),
      };
    },
    async incident(id: string, refused: string | null): Promise<IncidentView | undefined> {
      const found = await nines.incident(id);
      if (!found) return undefined;
      const { incident, next, timeline, deliveries } = found;
      return {
        incident,
        next,
        timeline,
        deliveries: deliveries.map(deliveryView),
        policy: policyOf(nines.catalog(), incident),
        refused,
      };
    },
  };
};
/** Channels that some ladder calls and that cannot be reached as things are configured. */
const unreachable = (catalog: Catalog): readonly { channel: string; because: string }[] => {
  const ladders = [...catalog.policies.values()].flatMap(({ critical, warning }) => [critical, warning]);
  const called = new Set(ladders.flatMap(({ levels }) => levels.flatMap(({ channels }) => channels)));
  return [...catalog.channels.values()].flatMap(({ id, notConfigured }) =>
    called.has(id) && notConfigured !== null ? [{ channel: id, because: notConfigured }] : [],
  );
};

/** The ladder that counts: the service's own of today, or the one that the incident was opened with. */
const policyOf = (catalog: Catalog, { system, service, policy }: Incident): Policy | null =>
  catalog.policies.get(catalog.services.get(`${system}/${service}`)?.policy ?? policy) ?? null;

export type Views = ReturnType<typeof createViews>;

const resultView = (stored: StoredResult): ResultView => ({ ...stored, phases: numbersOf(stored.phases) });

const deliveryView = (row: OutboxRow): DeliveryView => ({
  channel: row.channel,
  kind: row.kind,
  level: row.message.level,
  state: row.state,
  attempts: row.attempts,
  createdAt: row.createdAt,
  sentAt: row.sentAt,
  nextAt: row.nextAt,
  error: row.error,
  possibleRepeat: row.possibleRepeat,
});
