import { dedupKeyOf, page, tell, write, type Draft } from './draft.ts';
import { levelAbove } from './escalation.ts';
import type { IncidentEvent } from './incident.ts';
import type { Policy } from './policy.ts';

type Undelivered = Extract<IncidentEvent, { type: 'undelivered' }>;

/** Nobody was reached at this level at all: the next one is called before its time, where there is one. */
const climb = (draft: Draft, at: number, policy: Policy): boolean => {
  const { incident } = draft;
  const above = levelAbove(incident, policy);
  if (!above || incident.severity !== 'critical') return false;
  const { level, channels } = above;
  const why = `nobody could be reached at L${incident.level}`;
  page(draft, policy, { at, level, channels, reason: 'undelivered', kind: 'level-reached', why });
  return true;
};

/**
 * A page did not arrive. While nobody has taken the incident, the policy's fallback channel is paged instead, once per
 * page of the ladder; the ladder's own clock runs on. With `climb`, the fallback did not arrive either.
 */
export const hearUndelivered = (draft: Draft, event: Undelivered, at: number, policy: Policy): boolean => {
  const { incident } = draft;
  const { level, cycle, episode } = incident;
  if (incident.state !== 'triggered' || level === null) return false;
  if (event.climb) return climb(draft, at, policy);
  const { fallback } = policy;
  const lost = `L${level}: not delivered to ${event.channel}`;
  const told = `${episode}/L${level}/${cycle}`;
  if (fallback === null || fallback === event.channel || incident.fallback === told) {
    tell(draft, at, 'undelivered', `${lost} (${event.reason})`);
    return true;
  }
  const earlier = incident.reached[fallback];
  const next = earlier?.episode === episode ? earlier.cycle + 1 : 1;
  incident.fallback = told;
  incident.reached[fallback] = { episode, cycle: next, dedupKey: dedupKeyOf(incident.id, fallback, episode, next) };
  write(draft, at, 'undelivered', `${lost} (${event.reason}); ${fallback} is paged instead`);
  draft.notices.push({ kind: 'page', level, cycle, channels: [fallback], reason: 'undelivered', text: lost });
  return true;
};
