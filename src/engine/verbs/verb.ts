import type { Clock } from '../../clock.ts';
import type { Ids } from '../../ids.ts';
import type { IncidentEvent } from '../../incident/incident.ts';
import { nextStep } from '../../incident/escalation.ts';
import type { Policy } from '../../incident/policy.ts';
import type { Incidents, Held } from '../incidents.ts';
import type { IncidentView, VerbResult } from '../nines.ts';

/** What every verb works with. Each verb is one file, used by all doors: page, command line, API. */
export type VerbParts = {
  clock: Clock;
  ids: Ids;
  incidents: Incidents;
  policyOf: (service: string) => Policy | undefined;
  /** Deliveries go out at once instead of on the next tick. */
  wake: () => void;
};

export const viewOf = ({ incident, revision }: Held, parts: Pick<VerbParts, 'policyOf'>): IncidentView => {
  const policy = parts.policyOf(`${incident.system}/${incident.service}`);
  return { incident, revision, next: policy ? nextStep(incident, policy) : null };
};

/** Load or say so, decide, write, answer: the second person is told who was first. */
export const act = async (
  parts: VerbParts,
  id: string,
  eventOf: (at: number, event: string) => IncidentEvent,
): Promise<VerbResult> => {
  const at = parts.clock.now();
  const { held, refusal } = await parts.incidents.hear({ incident: id }, eventOf(at, `verb:${parts.ids.next(at)}`));
  if (!held) return { ok: false, code: 'not_found', message: `There is no incident ${id}.` };
  if (refusal) return { ok: false, code: 'conflict', message: refusal.message };
  parts.wake();
  return { ok: true, view: viewOf(held, parts) };
};
