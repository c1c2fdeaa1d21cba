import type { Actor } from '../../incident/timeline.ts';
import type { VerbResult } from '../nines.ts';
import { act, type VerbParts } from './verb.ts';

/** One level up, now. `executive`: the business is at stake, L4 is allowed. */
export const escalate = (parts: VerbParts, incident: string, by: Actor, executive: boolean): Promise<VerbResult> =>
  act(parts, incident, (at, id) => ({ id, at, type: 'escalate', by, executive }));
