import { DAY } from '../../duration.ts';
import { measurePhrase } from '../../slo/phrase.ts';
import { isAlert } from '../rule.ts';
import { counted, some, type Finding } from './finding.ts';
import type { PlannedRule } from './plan.ts';

/** When an alert's expression was true: for each of its series the instants (epoch ms), every `stepMs` from `from` on. */
export type FiringAnswer =
  | { ok: true; from: number; to: number; stepMs: number; series: readonly (readonly number[])[] }
  /** `unrecorded`: nothing it reads was there in these days, because our rules do not record it yet. */
  | { ok: false; unrecorded: boolean; text: string };

export type Firing = {
  alert: string;
  where: string;
  severity: string;
  /** How often it would have begun to fire, over all of its series. */
  times: number;
  firingMs: number;
  /** How much of the days could be judged, ms. */
  judgedMs: number;
  perDay: number;
};

/** An alert that calls people more often than this is soon ignored. */
export const MOST_A_DAY = 2;

/** Runs of instants without a gap that last for `forMs`: how many, and how long they fire. */
export const episodesOf = (
  instants: readonly number[],
  stepMs: number,
  forMs: number,
): { times: number; firingMs: number } => {
  let [times, firingMs] = [0, 0];
  let begin = instants[0] ?? 0;
  for (const [index, at] of instants.entries()) {
    const next = instants[index + 1];
    if (next !== undefined && next - at <= stepMs) continue;
    if (at - begin >= forMs) {
      times++;
      firingMs += at - begin - forMs + stepMs;
    }
    begin = next ?? 0;
  }
  return { times, firingMs };
};

/** The most frequent first. */
export const firingsOf = (rules: readonly PlannedRule[], answers: ReadonlyMap<PlannedRule, FiringAnswer>): Firing[] =>
  rules
    .flatMap((planned): Firing[] => {
      const { rule, where } = planned;
      const answer = answers.get(planned);
      if (!isAlert(rule) || !answer?.ok) return [];
      const all = answer.series.map((instants) => episodesOf(instants, answer.stepMs, rule.forMs));
      const times = all.reduce((sum, one) => sum + one.times, 0);
      const judgedMs = answer.to - answer.from;
      return [
        {
          alert: rule.alert,
          where,
          severity: rule.labels['severity'] ?? '',
          times,
          firingMs: all.reduce((sum, one) => sum + one.firingMs, 0),
          judgedMs,
          perDay: times / Math.max(1, judgedMs / DAY),
        },
      ];
    })
    .sort((a, b) => b.times - a.times || b.firingMs - a.firingMs || (a.where < b.where ? -1 : 1));

export const firingFindings = (
  firings: readonly Firing[],
  answers: ReadonlyMap<PlannedRule, FiringAnswer>,
): Finding[] => {
  const noisy = firings
    .filter(({ perDay }) => perDay > MOST_A_DAY)
    .map(({ where, times, perDay, judgedMs }): Finding => {
      const days = measurePhrase(judgedMs / DAY);
      const text = `It would have fired ${times} times in ${days} days (${measurePhrase(perDay)} a day): people stop looking at such an alert. Mend what it tells of, or ask less of it.`;
      return { severity: 'warning', kind: 'alert-noisy', where, text };
    });
  const failed = [...answers].flatMap(([{ where }, answer]) => (answer.ok ? [] : [{ where, ...answer }]));
  const unrecorded = failed.filter((one) => one.unrecorded);
  const untold = failed.filter((one) => !one.unrecorded);
  const rest: Finding[] = [];
  if (unrecorded.length > 0)
    rest.push({
      severity: 'info',
      kind: 'not-told',
      where: 'alerts',
      text: `${counted(unrecorded.length, 'alert')} cannot be judged, since what they read was not there in these days: load the rules and ask again later.`,
    });
  if (untold.length > 0)
    rest.push({
      severity: 'warning',
      kind: 'not-told',
      where: 'alerts',
      text: `${counted(untold.length, 'alert')} could not be judged: ${some(
        untold.map(({ where, text }) => `${where} (${text})`),
        2,
      )}.`,
    });
  return [...noisy, ...rest];
};
