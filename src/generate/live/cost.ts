import { SECOND } from '../../duration.ts';
import { counted, some, type Finding } from './finding.ts';
import type { PlannedRule } from './plan.ts';

/** One evaluation of a rule. `samples` is null where the server does not count what it reads. */
export type CostAnswer =
  | { ok: true; series: number; samples: number | null }
  /** `isRefused`: this server cannot evaluate it, now or later. */
  | { ok: false; isRefused: boolean; text: string };

export type Cost = {
  where: string;
  group: string;
  intervalMs: number;
  /** That it gives. */
  series: number;
  /** That one evaluation reads. */
  samples: number;
  samplesPerSecond: number;
};

/** The dearest first. */
export const costsOf = (rules: readonly PlannedRule[], answers: readonly (CostAnswer | undefined)[]): Cost[] =>
  rules
    .flatMap(({ where, group, intervalMs }, at) => {
      const answer = answers[at];
      if (!answer?.ok || answer.samples === null) return [];
      const { series, samples } = answer;
      return [{ where, group, intervalMs, series, samples, samplesPerSecond: samples / (intervalMs / SECOND) }];
    })
    .sort((a, b) => b.samplesPerSecond - a.samplesPerSecond || (a.where < b.where ? -1 : 1));

export const costFindings = (
  rules: readonly PlannedRule[],
  answers: readonly (CostAnswer | undefined)[],
): Finding[] => {
  const found: Finding[] = [];
  const untold: string[] = [];
  let uncounted = 0;
  for (const [at, { where }] of rules.entries()) {
    const answer = answers[at];
    if (answer === undefined) continue;
    if (answer.ok) uncounted += answer.samples === null ? 1 : 0;
    else if (answer.isRefused)
      found.push({
        severity: 'error',
        kind: 'rule-refused',
        where,
        text: `It cannot be evaluated there: ${answer.text}`,
      });
    else untold.push(`${where} (${answer.text})`);
  }
  if (untold.length > 0)
    found.push({
      severity: 'warning',
      kind: 'not-told',
      where: 'cost',
      text: `${counted(untold.length, 'rule')} could not be tried: ${some(untold, 2)}.`,
    });
  if (uncounted > 0)
    found.push({
      severity: 'info',
      kind: 'not-told',
      where: 'cost',
      text: 'The server does not count the samples that a query reads, so that costs are unknown.',
    });
  return found;
};
