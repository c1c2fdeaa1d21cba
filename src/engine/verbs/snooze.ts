import { DAY, formatDuration, MINUTE } from '../../duration.ts';
import type { Actor } from '../../incident/timeline.ts';
import type { VerbResult } from '../nines.ts';
import { act, type VerbParts } from './verb.ts';

const SHORTEST = MINUTE;
const LONGEST = DAY;

/** Quiet for `forMs` (one minute to one day); then the same level is paged again. */
export const snooze = async (parts: VerbParts, incident: string, by: Actor, forMs: number): Promise<VerbResult> =>
  forMs < SHORTEST || forMs > LONGEST
    ? {
        ok: false,
        code: 'conflict',
        message: `A snooze lasts from ${formatDuration(SHORTEST)} to ${formatDuration(LONGEST)}.`,
      }
    : act(parts, incident, (at, id) => ({ id, at, type: 'snooze', by, untilMs: at + forMs }));
