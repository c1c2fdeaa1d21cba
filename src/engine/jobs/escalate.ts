import type { Incidents } from '../incidents.ts';

/** Asks every open incident whose timer ran out which step is due now. */
export const escalate = async (incidents: Incidents, now: number): Promise<void> => {
  for (const { incident, revision } of incidents.open()) {
    if (incident.nextAt === null || incident.nextAt > now) continue;
    await incidents.hear({ incident: incident.id }, { id: `tick:${incident.id}:${revision}`, at: now, type: 'tick' });
  }
};
