import { HOUR, MINUTE } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import { RECORDED, sloLabels } from '../series.ts';
import { stepsFor } from './arithmetic.ts';
import { alertsOf, groupBy, seriesOf } from './story.ts';
import type { Check, Story, Teller } from './story.ts';
import { gauge } from './timeline.ts';

/** What both say in each span: the budget that is left, and how much of the window they know. */
const SPANS = [
  { rules: 1, books: 1, known: 1, seen: 1, says: undefined, because: 'both say that all of it is left' },
  { rules: 1, books: 0.989, known: 1, seen: 1, says: 1, because: 'they are 1.1 % of the budget apart' },
  { rules: 1, books: 0.991, known: 1, seen: 1, says: undefined, because: 'they are 0.9 % of the budget apart' },
  { rules: 1, books: 0.989, known: 0.98, seen: 1, says: undefined, because: 'the books know too little of the window' },
  { rules: 1, books: 0.989, known: 1, seen: 0.98, says: undefined, because: 'the rules know too little of the window' },
  { rules: -1, books: -1.018, known: 1, seen: 1, says: undefined, because: 'they are 0.9 % of what is used apart' },
] as const;

/**
 * The rules and the books of Nines say the same, then not, then know too little. No input makes what the rules record: a window
 * of weeks is never known whole in a test.
 */
export const books = ({ slo, rhythm }: Teller): Story[] => {
  if (groupBy(slo).length > 0) return [];
  const steps = stepsFor(2 * HOUR, rhythm.stepMs);
  const line = (name: string, of: (span: (typeof SPANS)[number]) => number) => ({
    series: seriesOf(name, sloLabels(slo)),
    values: gauge(
      SPANS.map((span) => ({ steps, total: 1, bad: of(span) })),
      ({ bad }) => bad,
    ),
  });
  const firing = { alertstate: 'firing' };
  const quiet = { expr: alertsOf(slo, 'LedgerDisagrees', firing), value: null };
  const fires = { expr: `count(${alertsOf(slo, 'LedgerDisagrees', { ...firing, severity: 'warning' })})`, value: 1 };
  const checks = SPANS.map(({ says, because }, index): Check => {
    const atMs = (index + 1) * 2 * HOUR;
    return says === undefined ? { atMs, ...quiet, because } : { atMs, ...fires, because };
  });
  const early = { atMs: 2 * HOUR + 50 * MINUTE, ...quiet, because: 'they have not been apart for 1 h' };
  return [
    {
      promise: 'compares its budget with the books of Nines',
      subject: slo.id,
      series: [
        line(RECORDED.budgetRemaining, ({ rules }) => rules),
        line(RECORDED.coverage, ({ seen }) => seen),
        line(METRICS.budgetCounted, (span) => span.books),
        line(METRICS.budgetCoverage, ({ known }) => known),
      ],
      checks: [...checks, early].sort((a, b) => a.atMs - b.atMs),
    },
  ];
};
