import { formatDuration, MINUTE } from '../../duration.ts';
import type { Actor } from '../../incident/timeline.ts';
import { MAX_SNOOZE_MS } from '../../incident/verbs.ts';
import type { VerbResult } from '../nines.ts';
import { act, type VerbParts } from './verb.ts';

const SHORTEST = MINUTE;

/** Quiet for `forMs` (one minute to one day); then the same level is paged again. */
export const snooze = async (parts: VerbParts, incident: string, by: Actor, forMs: number): Promise<VerbResult> =>
  forMs < SHORTEST || forMs > MAX_SNOOZE_MS
    ? {
        ok: false,
        code: 'conflict',
        message: `A snooze lasts from ${formatDuration(SHORTEST)} to ${formatDuration(MAX_SNOOZE_MS)}.`,
      }
    : act(parts, incident, (at, id) => ({ id, at, type: 'snooze', by, untilMs: at + forMs }));
