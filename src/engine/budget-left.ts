import type { Incident } from '../incident/incident.ts';
import type { Evaluate } from './jobs/evaluate.ts';

/** Share of the budget that is left of the worst SLO an incident is about; null when it is about none. */
export const budgetLeft = ({ alerts }: Incident, evaluate: Pick<Evaluate, 'status'>): number | null => {
  const left = Object.values(alerts)
    .map(({ slo }) => (slo ? evaluate.status(slo)?.budget.remaining : null))
    .filter((remaining) => typeof remaining === 'number');
  return left.length > 0 ? Math.min(...left) : null;
};
