import { hearAlert } from './alerts.ts';
import { changeOf, draftOf, type Draft } from './draft.ts';
import { due } from './escalation.ts';
import type { Change, Incident, IncidentEvent, Refusal } from './incident.ts';
import { opened, type AlertEvent } from './opening.ts';
import type { Policy } from './policy.ts';
import { runDue } from './timers.ts';
import { hearSamples } from './proof.ts';
import { hearUndelivered } from './undelivered.ts';
import { hearVerb } from './verbs.ts';

/** `id` and `serviceTier` are for an incident that has to be opened. */
export type ApplyContext = { policy: Policy; id: string; serviceTier: number };

const REMEMBERED_EVENTS = 200;

const finished = (draft: Draft, event: IncidentEvent, policy: Policy, at: number): Change => {
  runDue(draft, policy, at);
  if (event.type !== 'tick') draft.incident.applied = [...draft.incident.applied, event.id].slice(-REMEMBERED_EVENTS);
  return changeOf(draft);
};

const open = (event: IncidentEvent, context: ApplyContext, earlier?: Incident): Change | null => {
  const draft = event.type === 'alert' ? opened(event, context, earlier) : undefined;
  return draft ? finished(draft, event, context.policy, event.at) : null;
};

const hear = (draft: Draft, event: IncidentEvent, at: number, policy: Policy): boolean | Refusal => {
  if (event.type === 'tick') return false;
  if (event.type === 'alert') return hearAlert(draft, event, at, policy);
  if (event.type === 'samples') return hearSamples(draft, event, at);
  if (event.type === 'undelivered') return hearUndelivered(draft, event, at, policy);
  return hearVerb(draft, event, at, policy);
};

/**
 * The whole life of an incident: what it becomes when it hears `event`. Pure: the same arguments give the same answer.
 * `incident` is the newest of its group, open or not, or undefined. The answer's incident has the id `context.id`
 * where the alert opened a new one. null = nothing changed: a replay, an info alert, a clear alert without incident,
 * a tick before its time. Timers that are due at `event.at` run first, so the tick period does not matter; still,
 * tick before applying an alert after a pause: an incident that only this call would resolve is reopened, not replaced.
 */
export const apply = (
  incident: Incident | undefined,
  event: IncidentEvent,
  context: ApplyContext,
): Change | Refusal | null => {
  if (!incident) return open(event, context);
  if (incident.applied.includes(event.id)) return null;
  const { policy } = context;
  // The wall clock may step back; a history does not.
  const at = Math.max(event.at, incident.changedAt);
  if (event.type === 'tick' && !due(incident, policy, at)) return null;
  const isFire = event.type === 'alert' && event.alert.status === 'firing' && event.alert.severity !== 'info';
  const tooOld = incident.resolved !== null && at - incident.resolved.at > policy.reopenMs;
  const draft = draftOf(incident);
  runDue(draft, policy, at);
  const heard = hear(draft, event, at, policy);
  if (typeof heard === 'object') return heard;
  if (heard && isFire && tooOld) return open(event, context, incident);
  return heard || draft.entries.length > 0 ? finished(draft, event, policy, at) : null;
};

/** As `apply`, on a draft of an open incident that nobody has seen yet. */
const hearOn = (draft: Draft, event: AlertEvent, policy: Policy): void => {
  if (draft.incident.applied.includes(event.id)) return;
  const at = Math.max(event.at, draft.incident.changedAt);
  const written = draft.entries.length;
  runDue(draft, policy, at);
  if (hear(draft, event, at, policy) === true || draft.entries.length > written) finished(draft, event, policy, at);
};

/**
 * `apply` for each alert in turn, without a copy of the incident for each: a storm has thousands. One change for every
 * incident that hears of them; `idAt` gives the id of one that may have to be opened.
 */
export const applyAll = (
  incident: Incident | undefined,
  events: readonly AlertEvent[],
  { policy, serviceTier }: Omit<ApplyContext, 'id'>,
  idAt: (at: number) => string,
): readonly Change[] => {
  const drafts: Draft[] = [];
  for (const event of events) {
    const draft = drafts.at(-1);
    if (draft && draft.incident.resolved === null) {
      hearOn(draft, event, policy);
      continue;
    }
    const change = apply(draft?.incident ?? incident, event, { policy, serviceTier, id: idAt(event.at) });
    if (change === null || 'refused' in change) continue;
    const [entries, notices] = [[...change.entries], [...change.notices]];
    if (draft?.incident.id === change.incident.id) {
      draft.incident = change.incident;
      draft.entries.push(...entries);
      draft.notices.push(...notices);
    } else drafts.push({ incident: change.incident, entries, notices });
  }
  return drafts.map(changeOf);
};
