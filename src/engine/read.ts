import type { Alert } from '../alert/alert.ts';
import type { Clock } from '../clock.ts';
import type { CatalogProbe } from '../definition/catalog.ts';
import type { Ids } from '../ids.ts';
import type { Incident } from '../incident/incident.ts';
import type { SloStatus, TierStatus } from '../slo/status.ts';
import type { Store } from '../store/store.ts';
import type { CatalogHolder } from './catalog.ts';
import type { Held, Incidents } from './incidents.ts';
import type { Ingest } from './ingest.ts';
import type { Evaluate } from './jobs/evaluate.ts';
import type { Judges } from './judges.ts';
import type { Pull } from './jobs/pull.ts';
import type { Locations } from './locations.ts';
import type { BurnDownPoint, Change, Nines, ProbeStatus } from './nines.ts';
import type { ProbeStates } from './probe-states.ts';
import type { Observer } from './observer.ts';
import { createOver } from './over.ts';
import { createProbeList } from './probe-list.ts';
import { acknowledge } from './verbs/acknowledge.ts';
import { backup } from './verbs/backup.ts';
import { beat } from './verbs/beat.ts';
import { escalate } from './verbs/escalate.ts';
import { happening } from './verbs/happening.ts';
import { hear } from './verbs/hear.ts';
import { note } from './verbs/note.ts';
import { resolve } from './verbs/resolve.ts';
import { snooze } from './verbs/snooze.ts';
import { unacknowledge } from './verbs/unacknowledge.ts';
import { viewOf, type VerbParts } from './verbs/verb.ts';
import type { Windows } from './windows.ts';

export type ReadParts = {
  store: Store;
  clock: Clock;
  ids: Ids;
  holder: CatalogHolder;
  incidents: Incidents;
  evaluate: Evaluate;
  judges: Judges;
  observer: Pick<Observer, 'received'>;
  windows: Windows;
  probeStates: ProbeStates;
  locations: Locations;
  pull: Pull;
  words: Ingest['words'];
  explaining: (probe: CatalogProbe, now: number) => CatalogProbe | null;
  lastBeats: Map<string, number>;
  listeners: Set<(change: Change) => void>;
  wake: () => void;
  channels: Nines['channels'];
  replica: Nines['replica'];
  ready: Nines['ready'];
  demo: Nines['demo'];
};

/**
 * Share of the budget left at each of `points` instants of the span: what the status allows, less what was bad by then,
 * so that the line ends where the page's number stands.
 */
const burnDown = (
  { windows, evaluate }: Pick<ReadParts, 'windows' | 'evaluate'>,
  { slo, budget }: SloStatus,
  now: number,
  points: number,
): BurnDownPoint[] => {
  const { span, bad, badAllowed } = budget;
  const end = Math.min(span.to, now);
  const hours = windows.hours(slo.id, span.from, end);
  const taken = evaluate.adjusted(slo.id)?.bad;
  const allowed = badAllowed === null ? 0 : badAllowed + bad;
  const step = (end - span.from) / Math.max(1, points - 1);
  let spent = 0;
  let next = 0;
  return Array.from({ length: points }, (_, index) => {
    const at = Math.round(span.from + index * step);
    for (let hour = hours[next]; hour && hour.start < at; hour = hours[++next])
      spent += hour.total - hour.good - (taken?.get(hour.start) ?? 0);
    return { at, remaining: next > 0 && allowed > 0 ? 1 - spent / allowed : null };
  });
};

const said = ({ judges }: Alert): Pick<Alert, 'judges'> => (judges ? { judges } : {});

/** The running product as its doors see it. */
export const createNines = (parts: ReadParts): Nines => {
  const { store, clock, holder, evaluate, judges } = parts;
  const policyOf: VerbParts['policyOf'] = (service) => {
    const catalog = holder.current();
    return catalog.policies.get(catalog.services.get(service)?.policy ?? '');
  };
  const verbParts: VerbParts = { clock, ids: parts.ids, incidents: parts.incidents, policyOf, wake: parts.wake };
  /** Where Nines judges the same tier on data of its own; groups of an SLO it does not know one by one. */
  const tierOf = ({ identity, slo }: Alert): TierStatus | undefined => {
    if (identity.kind !== 'burn-rate' || slo === null || identity.labels !== undefined) return undefined;
    return evaluate.status(slo)?.tiers.find((tier) => tier.name === identity.tier);
  };
  const hearing = {
    clock,
    judges,
    catalog: holder.current,
    wake: parts.wake,
    received: parts.observer.received,
    isOver: createOver({ tierOf, alerts: judges.alerts }),
  };
  /** As all its judges see it, with the numbers of the embedded evaluator where that sees the same. */
  const shown = (key: string): Alert | undefined => {
    const own = evaluate.alerts().get(key);
    const joint = judges.alerts().get(key);
    if (!own || !joint) return own ?? joint;
    if (joint.status === 'clear') return own;
    return own.status === joint.status ? { ...own, ...said(joint) } : joint;
  };
  /** An incident keeps the words with which its alerts fired; whoever looks sees the numbers of now. */
  const live = (incident: Incident): Incident => {
    if (incident.state === 'resolved') return incident;
    const alerts = Object.entries(incident.alerts).map(([key, alert]) => {
      const now = shown(key);
      return [key, now?.status === alert.status ? { ...alert, detail: now.detail, ...said(now) } : alert] as const;
    });
    return { ...incident, alerts: Object.fromEntries(alerts) };
  };
  const statusOf = (probe: CatalogProbe): ProbeStatus => {
    const now = clock.now();
    const status = parts.probeStates.status(probe, now);
    const explained = status.state === 'down' && probe.dependsOn.length > 0 ? parts.explaining(probe, now) : null;
    return { ...status, explainedBy: explained?.id ?? null };
  };
  const view = ({ incident, revision }: Held) => viewOf({ incident: live(incident), revision }, verbParts);
  return {
    now: () => clock.now(),
    catalog: holder.current,
    catalogProblems: holder.problems,
    slos: evaluate.statuses,
    slo: evaluate.status,
    async burnDown(id, points) {
      const status = evaluate.status(id);
      return status ? burnDown(parts, status, clock.now(), points) : [];
    },
    probes: createProbeList({ clock, catalog: holder.current, statusOf }),
    probe(id) {
      const probe = holder.current().probes.get(id);
      return probe && statusOf(probe);
    },
    connectors: parts.pull.connectors,
    source: parts.pull.source,
    locations: parts.locations.list,
    words(id) {
      const probe = holder.current().probes.get(id);
      return probe ? parts.words(probe, clock.now()) : [];
    },
    results: (probe, limit) => store.results.latest(probe, limit),
    silenced: () => [
      ...new Map([...judges.silenced(), ...evaluate.silenced()].map((one) => [one.alert.key, one])).values(),
    ],
    alerts: () =>
      [...new Set([...evaluate.alerts().keys(), ...judges.alerts().keys()])]
        .flatMap((key) => shown(key) ?? [])
        .filter(({ status }) => status !== 'clear'),
    incidents: async (filter) => (await store.incidents.list(filter)).map(view),
    async incident(id) {
      const held = await parts.incidents.find(id);
      if (!held) return undefined;
      const [timeline, deliveries] = await Promise.all([store.incidents.timeline(id), store.outbox.ofIncident(id)]);
      return { ...view(held), timeline, deliveries };
    },
    channels: parts.channels,
    happenings: (system, from, to) => store.happenings.read(system, from, to),
    verbs: {
      acknowledge: (incident, by, episode) => acknowledge(verbParts, incident, by, episode),
      unacknowledge: (incident, by) => unacknowledge(verbParts, incident, by),
      resolve: (incident, by, episode) => resolve(verbParts, incident, by, episode),
      snooze: (incident, by, forMs) => snooze(verbParts, incident, by, forMs),
      escalate: (incident, by, executive) => escalate(verbParts, incident, by, executive),
      note: (incident, by, text) => note(verbParts, incident, by, text),
      beat: (probe) => beat({ store, catalog: holder.current, lastBeats: parts.lastBeats, now: clock.now }, probe),
      hear: (batch) => hear({ ...hearing, leads: () => parts.replica().leads }, batch),
      happening: (given) => happening(parts, given),
      joined: parts.locations.joined,
      reported: parts.locations.reported,
      backup: (by) => backup(parts, by),
      reload: holder.reload,
    },
    verify: () => store.verify(),
    retention: () => store.retention(),
    store: () => store.info(),
    subscribe(listener) {
      parts.listeners.add(listener);
      return () => parts.listeners.delete(listener);
    },
    replica: parts.replica,
    ready: parts.ready,
    demo: parts.demo,
  };
};
