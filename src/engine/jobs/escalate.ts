import { forEach } from '../each.ts';
import type { Held, Incidents } from '../incidents.ts';

/** Asks every open incident whose timer ran out which step is due now. */
export const escalate = async (incidents: Incidents, now: number): Promise<void> => {
  const isDue = ({ incident }: Held): boolean => incident.nextAt !== null && incident.nextAt <= now;
  await forEach(incidents.open().filter(isDue), async ({ incident: { id }, revision }) => {
    await incidents.hear({ incident: id }, { id: `tick:${id}:${revision}`, at: now, type: 'tick' });
  });
};
