import type { Catalog } from '../../src/definition/catalog.ts';
import { MINUTE } from '../../src/duration.ts';
import type { Change, IncidentView, Nines, VerbResult } from '../../src/engine/nines.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { Actor } from '../../src/incident/timeline.ts';
import { alert, NOW, policy, probeStatuses, statuses } from './duru.ts';
import { storedResults } from './duru-results.ts';
import { deliveries, openView, resolvedView, timeline } from './duru-incident.ts';

/** Duru Notes at 03:12, written by hand. Verbs are recorded in `calls` and change the one open incident a little. */
export const fakeNines = (change: Partial<Nines> = {}) => {
  const calls: { verb: string; of: string; by: Actor | null; with?: unknown }[] = [];
  const listeners = new Set<(change: Change) => void>();
  let views: IncidentView[] = [openView(), resolvedView()];

  const acted = async (
    verb: string,
    id: string,
    by: Actor,
    next: Partial<Incident>,
    extra?: unknown,
  ): Promise<VerbResult> => {
    const view = views.find(({ incident }) => incident.id === id);
    if (!view) return { ok: false, code: 'not_found', message: `No incident has the id ${id}.` };
    const { acknowledged } = view.incident;
    if (verb === 'acknowledge' && acknowledged)
      return { ok: false, code: 'conflict', message: `${acknowledged.by.name} acknowledged this 12 s ago.` };
    calls.push({ verb, of: id, by, ...(extra === undefined ? {} : { with: extra }) });
    const changed = { ...view, incident: { ...view.incident, ...next }, revision: view.revision + 1 };
    views = views.map((one) => (one === view ? changed : one));
    for (const listener of listeners) listener({ topic: 'incidents', id });
    return { ok: true, view: changed };
  };

  const nines: Nines = {
    now: () => NOW,
    catalog: () =>
      ({
        environment: 'production',
        policies: new Map([[policy.id, policy]]),
        services: new Map(),
        channels: new Map(),
        connectors: new Map(),
        systems: new Map([['duru-notes', {}]]),
      }) as unknown as Catalog,
    catalogProblems: () => null,
    channels: async () => [{ id: 'slack-oncall', ok: true, text: 'reachable' }],
    slos: statuses,
    slo: (id) => statuses().find(({ slo }) => slo.id === id),
    burnDown: async (id, points) => {
      const status = nines.slo(id)!;
      const { from } = status.budget.span;
      return Array.from({ length: points }, (_, index) => {
        const part = index / (points - 1);
        const at = from + part * (NOW - from);
        const last = status.budget.remaining ?? 0;
        const slow = 1 - 0.22 * part - (part > 0.4 ? 0.08 : 0) - (part > 0.62 ? 0.11 : 0);
        const gap = part > 0.3 && part < 0.325;
        return {
          at,
          remaining:
            status.budget.remaining === null || gap
              ? null
              : part > 0.985 || last < 0
                ? slow + (last - slow) * Math.max(0, (part - 0.6) / 0.4) ** 2
                : slow,
        };
      });
    },
    probes: async ({ states = null, after = null, limit }) => {
      const all = probeStatuses();
      const from = after === null ? 0 : all.findIndex(({ probe }) => probe.id === after) + 1;
      const fitting = all.slice(from).filter(({ state }) => states === null || states.includes(state));
      const probes = fitting.slice(0, limit);
      const counts = new Map(all.map(({ state }) => [state, all.filter((one) => one.state === state).length]));
      return { probes, counts, next: fitting.length > limit ? (probes.at(-1)?.probe.id ?? null) : null };
    },
    probe: (id) => probeStatuses().find(({ probe }) => probe.id === id),
    results: async (id, limit) =>
      nines.probe(id)?.last ? storedResults(id, id.endsWith('api/health') ? 12 : 0).slice(0, limit) : [],
    connectors: () => [],
    source: () => null,
    locations: () => [],
    words: () => [],
    alerts: () => [alert],
    silenced: () => [],
    replica: () => ({ owner: 'one', leads: true, alone: true }),
    incidents: async ({ state, limit }) =>
      views
        .filter(({ incident }) => !state || (state === 'resolved') === (incident.state === 'resolved'))
        .slice(0, limit),
    incident: async (id) => {
      const view = views.find(({ incident }) => incident.id === id);
      return view && { ...view, timeline: timeline(), deliveries: deliveries() };
    },
    happenings: async () => [
      {
        kind: 'deploy',
        id: 'd1',
        system: 'duru-notes',
        service: 'api',
        at: NOW - 14 * MINUTE,
        text: 'v2.14.0',
        url: 'https://ci.duru.example/1',
      },
    ],
    verbs: {
      acknowledge: (id, by, episode) =>
        acted('acknowledge', id, by, { state: 'acknowledged', acknowledged: { by, at: NOW } }, episode),
      unacknowledge: (id, by) => acted('unacknowledge', id, by, { state: 'triggered', acknowledged: null }),
      resolve: (id, by, episode) => acted('resolve', id, by, { state: 'resolved', resolved: { by, at: NOW } }, episode),
      snooze: (id, by, forMs) => acted('snooze', id, by, { state: 'snoozed', snoozedUntil: NOW + forMs }, forMs),
      escalate: (id, by, executive) => acted('escalate', id, by, { level: 4, executive }, executive),
      note: (id, by, text) => acted('note', id, by, {}, text),
      beat: async (probe) => {
        if (!probe.endsWith('sync/nightly')) return false;
        calls.push({ verb: 'beat', of: probe, by: null });
        return true;
      },
      hear: async ({ judge, alerts }) => {
        calls.push({ verb: 'hear', of: judge, by: null, with: alerts });
        return { changed: alerts.length, repeated: 0, silenced: 0, unknown: 0, refused: 0 };
      },
      happening: async (happening) => {
        calls.push({ verb: 'happening', of: happening.text, by: null });
        return { id: 'h1', at: NOW, ...happening };
      },
      joined: async () => ({ ok: true, revision: '1', targets: null }),
      reported: async (_location, results) => ({ taken: results.length, refused: 0 }),
      backup: async (by) => {
        calls.push({ verb: 'backup', of: 'store', by });
        const chunks = (async function* () {
          yield Buffer.from('an archive, ');
          yield Buffer.from('in pieces');
        })();
        return { takenAt: NOW, chunks, release: async () => void calls.push({ verb: 'release', of: 'store', by }) };
      },
      reload: async () => [],
    },
    verify: async () => ({
      findings: [{ what: 'nines.db', ok: true, text: 'every page is whole', code: null }],
      holds: null,
    }),
    retention: async () => ({
      at: NOW,
      systems: [
        {
          system: 'duru-notes',
          keptMs: 400 * 86_400_000,
          tables: [{ table: 'slot', deleted: 7, oldest: NOW - 1_000 }],
        },
      ],
    }),
    store: async () => ({ bytes: 123_456, schemaVersion: 1, writable: true, lastError: null, setAside: [] }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ready: () => ({ ready: true, reason: null }),
    demo: null,
    ...change,
  };
  return { nines, calls, publish: (change: Change) => listeners.forEach((listener) => listener(change)), listeners };
};
