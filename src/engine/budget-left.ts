import type { Incident } from '../incident/incident.ts';
import type { SloStatus } from '../slo/status.ts';
import type { Evaluate } from './jobs/evaluate.ts';

/** Share of the budget that is left of the worst SLO an incident is about; null when it is about none. */
export const budgetLeft = ({ alerts }: Incident, evaluate: Pick<Evaluate, 'status'>): number | null => {
  const left = Object.values(alerts)
    .map(({ slo }) => (slo ? evaluate.status(slo)?.budget.remaining : null))
    .filter((remaining) => typeof remaining === 'number');
  return left.length > 0 ? Math.min(...left) : null;
};

/** Share of one budget that is left as it was counted, and with what people left out of it or corrected. */
export const budgetsOf = (status: SloStatus | undefined): { before: number | null; after: number | null } => {
  const after = status?.budget.remaining ?? null;
  return { before: status?.budget.before ? status.budget.before.remaining : after, after };
};
