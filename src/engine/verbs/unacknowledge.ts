import type { Actor } from '../../incident/timeline.ts';
import type { VerbResult } from '../nines.ts';
import { act, type VerbParts } from './verb.ts';

/** Gives it back: the ladder goes on at the same level. */
export const unacknowledge = (parts: VerbParts, incident: string, by: Actor): Promise<VerbResult> =>
  act(parts, incident, (at, id) => ({ id, at, type: 'unacknowledge', by }));
