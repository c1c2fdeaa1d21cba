import { MINUTE } from '../duration.ts';
import { flip, tell, type Draft } from './draft.ts';
import { burning, type IncidentEvent } from './incident.ts';

type Samples = Extract<IncidentEvent, { type: 'samples' }>;

/** Proved by samples, the alerts get this long to reset (a page-fast look-back is 5 min); then the ladder goes on. */
const RESET_TIME = 15 * MINUTE;

/** The proof did not last: the incident is where it was, with the rest of its timer, and with whoever took it meanwhile. */
export const relapse = (draft: Draft, at: number, why: string): void => {
  const { incident } = draft;
  const { state, remainingMs } = incident.resume ?? { state: 'recovering' as const, remainingMs: 0 };
  incident.state = state;
  incident.changedAt = at;
  // A snooze ends when its person said, whatever the samples did meanwhile.
  incident.nextAt = state === 'snoozed' ? Math.max(at, incident.snoozedUntil ?? at) : at + remainingMs;
  incident.resume = null;
  delete incident.proved;
  tell(draft, at, 'fired-again', why);
  flip(draft, at);
};

/**
 * L1 is proved by fresh samples, not by the alert, whose look-back holds the outage for minutes (design 4.7): the
 * ladder stops and waits for the alerts to reset. A sample that speaks against it, or silence, gives it back the rest
 * of its wait.
 */
export const hearSamples = (draft: Draft, { recovered }: Samples, at: number): boolean => {
  const { incident } = draft;
  if (recovered && incident.state === 'recovering' && burning(incident).length > 0) {
    incident.resume = { state: 'recovering', remainingMs: Math.max(0, (incident.nextAt ?? at) - at) };
    incident.state = 'clearing';
    incident.changedAt = at;
    incident.nextAt = at + RESET_TIME;
    incident.proved = true;
    flip(draft, at);
    tell(draft, at, 'recovery-observed', 'Recovered by itself, as fresh checks prove; waiting for the alert to reset');
    return true;
  }
  if (recovered || incident.state !== 'clearing' || incident.proved !== true) return false;
  relapse(draft, at, 'It fails again, or says nothing: the recovery did not last');
  return true;
};
