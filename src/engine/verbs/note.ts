import type { Actor } from '../../incident/timeline.ts';
import type { VerbResult } from '../nines.ts';
import { act, type VerbParts } from './verb.ts';

/** A line in the history, shown in the thread. */
export const note = (parts: VerbParts, incident: string, by: Actor, text: string): Promise<VerbResult> =>
  act(parts, incident, (at, id) => ({ id, at, type: 'note', by, text }));
