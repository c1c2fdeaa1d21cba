import { METRICS } from '../../names.ts';
import type { AlertingRule } from '../rule.ts';
import { RECORDED, SLO_LABEL_NAMES } from '../series.ts';
import { HOUR } from '../../duration.ts';
import { sloLinks } from './links.ts';
import { sloTitle } from './naming.ts';
import type { Subject } from './subject.ts';

/** The books of an SLO are kept whole; where rules know only groups of it, there is nothing to compare. */
export const hasLedger = ({ groupBy }: Subject): boolean => groupBy.length === 0;

/**
 * The recorded budget against that of Nines' own books, which were counted another way: more than a hundredth apart (of
 * what is used, where that is more than the budget), while both know the window almost whole. What people left out of the
 * books or corrected no rule knows of, so that they are compared as they were counted.
 */
export const ledgerAlert = (subject: Subject): AlertingRule => {
  const { labels, selector } = subject;
  const by = `by (${SLO_LABEL_NAMES.join(', ')})`;
  const books = `max ${by} (${METRICS.budgetCounted}${selector})`;
  const coverage = `max ${by} (${METRICS.budgetCoverage}${selector})`;
  return {
    alert: 'LedgerDisagrees',
    expr: [
      `abs(${RECORDED.budgetRemaining}${selector} - ${books}) > 0.01 * clamp_min(1 - ${books}, 1)`,
      `and ${RECORDED.coverage}${selector} >= 0.99`,
      `and ${coverage} >= 0.99`,
    ].join('\n'),
    forMs: HOUR,
    labels: { ...labels, severity: 'warning' },
    annotations: {
      summary: `${sloTitle(subject)} has a recorded budget that is not the one in the books of Nines.`,
      description:
        'They are {{ $value | humanizePercentage }} of the budget apart, though both know the whole window: one of them counts wrongly.',
      ...sloLinks(subject, 'LedgerDisagrees'),
    },
  };
};
