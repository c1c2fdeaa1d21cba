import { DAY, formatDuration } from '../duration.ts';
import { close, page, tell, write, type Draft } from './draft.ts';
import { levelAbove, nextPageAt, presentLevel } from './escalation.ts';
import { burning, type IncidentEvent, type Refusal } from './incident.ts';
import { ladderOf, type Policy } from './policy.ts';
import { counted, utc } from './words.ts';

/** The longest snooze. */
export const MAX_SNOOZE_MS = DAY;

export type Verb = Exclude<IncidentEvent, { type: 'alert' | 'tick' | 'samples' | 'undelivered' }>;
type VerbOf<T extends Verb['type']> = Extract<Verb, { type: T }>;
/** `false` = nothing to do. */
export type Heard = boolean | Refusal;

const refuse = (refused: Refusal['refused'], message: string): Refusal => ({ refused, message });

const acknowledge = (draft: Draft, event: VerbOf<'acknowledge'>, at: number, policy: Policy): Heard => {
  const { incident } = draft;
  const first = incident.acknowledged;
  if (first && (incident.state === 'acknowledged' || incident.resume?.state === 'acknowledged'))
    return refuse(
      'already-acknowledged',
      `${first.by.name} acknowledged this ${formatDuration(Math.max(0, at - first.at))} ago`,
    );
  const timeout = ladderOf(incident, policy).acknowledgeTimeoutMs;
  incident.acknowledged = { by: event.by, at };
  incident.snoozedUntil = null;
  if (incident.state === 'clearing') incident.resume = { state: 'acknowledged', remainingMs: timeout };
  else {
    incident.state = 'acknowledged';
    incident.changedAt = at;
    incident.nextAt = at + timeout;
  }
  const text = `${event.by.name} acknowledged`;
  write(draft, at, 'acknowledged', text, event.by);
  draft.notices.push({ kind: 'acknowledged', by: event.by, text });
  return true;
};

const unacknowledge = (draft: Draft, event: VerbOf<'unacknowledge'>, at: number, policy: Policy): Heard => {
  const { incident } = draft;
  const state = incident.resume?.state ?? incident.state;
  if (state !== 'acknowledged' && state !== 'snoozed') return false;
  const text = `${event.by.name} gave this back: nobody is on it`;
  write(draft, at, 'unacknowledged', text, event.by);
  draft.notices.push({ kind: 'unacknowledged', reason: text, text });
  if (incident.resume) {
    incident.acknowledged = null;
    incident.snoozedUntil = null;
    incident.resume = { state: 'triggered', remainingMs: nextPageAt(incident, policy, at) - at };
  } else
    page(draft, policy, {
      at,
      ...presentLevel(incident, policy),
      reason: 'no-acknowledgement',
      kind: 'page-repeated',
      why: `${event.by.name} gave this back`,
    });
  return true;
};

const resolve = (draft: Draft, event: VerbOf<'resolve'>, at: number): Heard => {
  const still = burning(draft.incident).length;
  const although = still > 0 ? ` while ${counted(still, 'alert')} still burn${still === 1 ? 's' : ''}` : '';
  close(draft, at, event.by, `${event.by.name} resolved this${although}`);
  return true;
};

const snooze = (draft: Draft, event: VerbOf<'snooze'>, at: number): Heard => {
  const { incident } = draft;
  const forMs = event.untilMs - at;
  if (!(forMs > 0 && forMs <= MAX_SNOOZE_MS))
    return refuse('too-long', `A snooze lasts at most ${formatDuration(MAX_SNOOZE_MS)} and ends in the future`);
  incident.acknowledged = { by: event.by, at };
  incident.snoozedUntil = event.untilMs;
  if (incident.state === 'clearing') incident.resume = { state: 'snoozed', remainingMs: forMs };
  else {
    incident.state = 'snoozed';
    incident.changedAt = at;
    incident.nextAt = event.untilMs;
  }
  const text = `${event.by.name} snoozed this until ${utc(event.untilMs)}`;
  write(draft, at, 'snoozed', text, event.by);
  // Whoever sleeps on it has taken it: channels with a state of their own must stop calling.
  draft.notices.push({ kind: 'acknowledged', by: event.by, text });
  return true;
};

const escalate = (draft: Draft, event: VerbOf<'escalate'>, at: number, policy: Policy): Heard => {
  const { incident } = draft;
  if (incident.state === 'clearing')
    return refuse(
      'already-resolved',
      `Everything is clear; this resolves at ${utc(incident.nextAt ?? at)} unless it fires again`,
    );
  incident.executive ||= event.executive === true;
  const above = levelAbove(incident, policy);
  if (!above) {
    const withExecutive = levelAbove({ ...incident, executive: true }, policy);
    const how = withExecutive ? `; L${withExecutive.level} has to be asked for as a matter of the business` : '';
    return refuse('top-level', `L${presentLevel(incident, policy).level} is the highest level of this ladder${how}`);
  }
  const why = `${event.by.name} escalated`;
  page(draft, policy, {
    at,
    level: above.level,
    channels: above.channels,
    reason: 'escalated',
    kind: 'escalated',
    why,
    by: event.by,
  });
  return true;
};

/** What a person did. Who clicks on an old message, or too late, is told so. */
export const hearVerb = (draft: Draft, event: Verb, at: number, policy: Policy): Heard => {
  const { incident } = draft;
  if (event.type === 'note') {
    tell(draft, at, 'note', `${event.by.name}: ${event.text}`, event.by);
    return true;
  }
  if ('episode' in event && event.episode !== undefined && event.episode !== incident.episode)
    return refuse(
      'other-episode',
      `That was episode ${event.episode}; it has fired again since ${utc(incident.episodeAt)} (episode ${incident.episode})`,
    );
  if (incident.state === 'resolved') {
    const by = incident.resolved?.by ? ` by ${incident.resolved.by.name}` : '';
    return refuse('already-resolved', `This was resolved${by} at ${utc(incident.resolved?.at ?? incident.changedAt)}`);
  }
  switch (event.type) {
    case 'acknowledge':
      return acknowledge(draft, event, at, policy);
    case 'unacknowledge':
      return unacknowledge(draft, event, at, policy);
    case 'resolve':
      return resolve(draft, event, at);
    case 'snooze':
      return snooze(draft, event, at);
    case 'escalate':
      return escalate(draft, event, at, policy);
  }
};
