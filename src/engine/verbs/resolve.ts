import type { Actor } from '../../incident/timeline.ts';
import type { VerbResult } from '../nines.ts';
import { act, type VerbParts } from './verb.ts';

/** Ends the incident; it reopens when an alert fires again within the policy's reopen time. */
export const resolve = (parts: VerbParts, incident: string, by: Actor, episode?: number): Promise<VerbResult> =>
  act(parts, incident, (at, id) => ({ id, at, type: 'resolve', by, ...(episode === undefined ? {} : { episode }) }));
