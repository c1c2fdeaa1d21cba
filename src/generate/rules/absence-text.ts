import { sloTitle } from './naming.ts';
import type { Subject } from './subject.ts';
import { spanOf } from './text.ts';

type Said = readonly [summary: string, description: string];

/** Of these an answer that never came is nothing to compare, so an outage looks like a pause. */
const isOfAnswers = ({ slo: { indicator } }: Subject): boolean =>
  indicator.kind === 'latency' ||
  (indicator.kind === 'time-slice' && indicator.source.kind === 'probe' && indicator.source.metric === 'response-time');

/** What an alert about missing data or traffic says. */
export const absenceText = (subject: Subject, missing: 'data' | 'traffic'): Said => {
  const title = sloTitle(subject);
  const after = spanOf(subject.slo.noData.afterMs);
  if (missing === 'data')
    return [`${title} has no data.`, `Nothing has arrived for ${after}, so its budget and alerts cannot be judged.`];
  const why = isOfAnswers(subject)
    ? 'a failed check has no latency, so the service may be down'
    : 'there were no requests, or none that reached it';
  return [`${title} sees no traffic.`, `The source answers, but nothing has counted for ${after}: ${why}.`];
};
