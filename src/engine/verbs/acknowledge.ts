import type { Actor } from '../../incident/timeline.ts';
import type { VerbResult } from '../nines.ts';
import { act, type VerbParts } from './verb.ts';

/** Somebody has it: the ladder stops until the acknowledgement times out. `episode` guards against clicks on old messages. */
export const acknowledge = (parts: VerbParts, incident: string, by: Actor, episode?: number): Promise<VerbResult> =>
  act(parts, incident, (at, id) => ({
    id,
    at,
    type: 'acknowledge',
    by,
    ...(episode === undefined ? {} : { episode }),
  }));
