import type { Incident } from './incident.ts';
import type { TimelineEntry } from './timeline.ts';

/**
 * How fast people and systems were in the present episode, ms; null while it has not happened.
 * `acknowledgeMs` (MTTA): opening to the first acknowledgement. `recoverMs` (MTTR): the incident clock, first bad slot
 * to the end of the last one; hold times only confirm and do not count.
 */
export type Timing = { acknowledgeMs: number | null; recoverMs: number | null };

export const timingOf = (incident: Incident, timeline: readonly TimelineEntry[]): Timing => {
  const begins = timeline.findLastIndex(({ kind }) => kind === 'opened' || kind === 'reopened');
  const first = timeline.find(({ kind }, index) => kind === 'acknowledged' && index > begins);
  return {
    acknowledgeMs: first ? Math.max(0, first.at - incident.episodeAt) : null,
    recoverMs: incident.badTo === null ? null : Math.max(0, incident.badTo - incident.badFrom),
  };
};
