import type { Alert } from '../alert/alert.ts';
import type { Catalog } from '../definition/catalog.ts';
import { NinesError } from '../errors.ts';
import type { Ids } from '../ids.ts';
import { briefly } from '../incident/fold.ts';
import { groupOf } from '../incident/group.ts';
import type { Change, Incident, IncidentEvent, Refusal } from '../incident/incident.ts';
import { notificationsFor, type ChannelTraits } from '../incident/notification.ts';
import type { Policy } from '../incident/policy.ts';
import type { AlertEvent } from '../incident/opening.ts';
import { apply, applyAll } from '../incident/reducer.ts';
import type { Statement } from '../store/sql.ts';
import type { Store } from '../store/store.ts';
import { createSerial } from './serial.ts';

/** An incident with the revision that its next change must find. */
export type Held = { incident: Incident; revision: number };

/** What an event is about. */
export type Subject = { incident: string };

export type Outcome = { held: Held; refusal: null } | { held: Held | null; refusal: Refusal | null };

/**
 * The shell around the pure reducer: load, decide, write state + timeline + outbox in ONE commit. Changes run one
 * after the other; a commit that finds another revision loads and decides again.
 */
export type Incidents = {
  hear(subject: Subject, event: IncidentEvent, also?: readonly Statement[]): Promise<Outcome>;
  /** Alerts of one group, in order, with `also` in one commit; in two where the first of them end another incident's story. */
  hearAlerts(events: readonly AlertEvent[], also: readonly Statement[]): Promise<void>;
  open(): readonly Held[];
  find(id: string): Promise<Held | null>;
  restore(): Promise<void>;
};

export type IncidentsParts = {
  store: Store;
  ids: Ids;
  catalog: () => Catalog;
  traits: (channel: string) => ChannelTraits | undefined;
  publicUrl: string | null;
  budgetOf: (incident: Incident) => number | null;
  /** Once it is written. */
  onChange: (incident: Incident, change: Change) => void;
  /** Heads what only the leader may write: everything but what people do. */
  fence: () => readonly Statement[];
  /** Once per episode, when it ends. */
  onResolved: (incident: Incident) => void;
};

const ATTEMPTS = 5;

export const createIncidents = (parts: IncidentsParts): Incidents => {
  const { store } = parts;
  const held = new Map<string, Held>();
  const serially = createSerial();

  const policyOf = (
    catalog: Catalog,
    incident: Pick<Incident, 'system' | 'service' | 'policy'>,
  ): { policy: Policy; tier: number } => {
    const service = catalog.services.get(`${incident.system}/${incident.service}`);
    const policy = catalog.policies.get(service?.policy ?? incident.policy) ?? [...catalog.policies.values()][0];
    if (!policy)
      throw new NinesError('config_invalid', 'No escalation policy is defined: add one to slo/policies.yaml.');
    return { policy, tier: service?.tier ?? 1 };
  };

  const fenceOf = (event: IncidentEvent): readonly Statement[] => ('by' in event ? [] : parts.fence());

  const find = async (id: string): Promise<Held | null> => held.get(id) ?? (await store.incidents.byId(id)) ?? null;

  const newestOf = async ({ identity }: Alert): Promise<Held | null> => {
    const group = groupOf(identity);
    for (const candidate of held.values()) if (candidate.incident.group === group) return candidate;
    return (await store.incidents.newestOf(group)) ?? null;
  };

  const write = async (
    before: Held | null,
    change: Change,
    policy: Policy,
    at: number,
    also: readonly Statement[],
  ): Promise<Held> => {
    const same = before !== null && before.incident.id === change.incident.id;
    const revision = same ? before.revision : null;
    const next = (revision ?? 0) + 1;
    const notifications = notificationsFor(change, {
      policy,
      reached: same ? before.incident.reached : {},
      traits: parts.traits,
      publicUrl: parts.publicUrl,
      revision: next,
      budgetRemaining: parts.budgetOf(change.incident),
      now: at,
    });
    const audit = change.entries
      .filter((entry) => entry.by !== null)
      .flatMap((entry) =>
        store.audit.appending({
          at: entry.at,
          actor: entry.by?.name ?? '',
          door: entry.by?.door ?? 'nines',
          verb: entry.kind,
          object: change.incident.id,
          detail: entry.text,
        }),
      );
    await store.commit([
      ...store.incidents.saving(change.incident, revision),
      ...store.incidents.appending(change.incident.id, change.entries),
      ...store.outbox.adding(notifications, at),
      ...audit,
      ...also,
    ]);
    return { incident: change.incident, revision: next };
  };

  const once = async (subject: Subject, event: IncidentEvent, also: readonly Statement[]): Promise<Outcome> => {
    const before = await find(subject.incident);
    if (!before) return { held: null, refusal: null };
    const { policy, tier } = policyOf(parts.catalog(), before.incident);
    const decided = apply(before.incident, event, { policy, id: parts.ids.next(event.at), serviceTier: tier });
    if (decided === null || 'refused' in decided) {
      if (also.length > 0) await store.commit([...fenceOf(event), ...also]);
      return { held: before, refusal: decided };
    }
    const after = await write(before, decided, policy, event.at, [...fenceOf(event), ...also]);
    show(before, after, decided);
    return { held: after, refusal: null };
  };

  const show = (before: Held | null, { incident, revision }: Held, change: Change): void => {
    if (incident.state === 'resolved') held.delete(incident.id);
    else held.set(incident.id, { incident, revision });
    if (incident.state === 'resolved' && before?.incident.state !== 'resolved') parts.onResolved(incident);
    parts.onChange(incident, change);
  };

  const alertsOnce = async (events: readonly AlertEvent[], also: readonly Statement[]): Promise<void> => {
    const [first] = events;
    if (first === undefined) return;
    const { policy, tier } = policyOf(parts.catalog(), { ...first.alert.identity, policy: '' });
    let before = await newestOf(first.alert);
    const changes = applyAll(before?.incident, events, { policy, serviceTier: tier }, parts.ids.next);
    const fence = fenceOf(first);
    if (changes.length === 0 && also.length > 0) await store.commit([...fence, ...also]);
    for (const change of changes) {
      const isLast = change === changes.at(-1);
      const after = await write(before, briefly(change), policy, first.at, [...fence, ...(isLast ? also : [])]);
      show(before, after, change);
      before = after;
    }
  };

  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof NinesError) || error.code !== 'commit_conflict' || attempt === ATTEMPTS) throw error;
        await restore();
      }
    }
  };

  const restore = async (): Promise<void> => {
    const open = await store.incidents.open();
    const before = [...held.keys()];
    held.clear();
    for (const one of open) held.set(one.incident.id, one);
    // Somebody resolved it through another replica.
    for (const id of before.filter((one) => !held.has(one))) {
      const ended = await store.incidents.byId(id);
      if (ended) parts.onResolved(ended.incident);
    }
  };

  return {
    hear: (subject, event, also = []) => serially(() => again(() => once(subject, event, also))),
    hearAlerts: (events, also) => serially(() => again(() => alertsOnce(events, also))),
    open: () => [...held.values()],
    find,
    // In line with changes, or what is read here could be older than what they have just written.
    restore: () => serially(restore),
  };
};
