import { durationText } from '../../promql/print.ts';
import { sloLabels } from '../series.ts';
import { yamlOf } from '../yaml.ts';
import { countedByNines } from './feed.ts';
import type { Feed } from './feed.ts';
import { seriesOf } from './story.ts';
import type { Check, Story, Tested } from './story.ts';

/** A story as its lines of YAML. */
export type Printed = { promise: string; subject: string; series: string; checks: string };

const indented = (yaml: Parameters<typeof yamlOf>[0]): string => yamlOf(yaml, '      ');

const checkText = ({ expr, atMs, value, labels = '{}', because }: Check): string =>
  `      # ${because}\n` +
  indented([{ expr, eval_time: durationText(atMs), exp_samples: value === null ? [] : [{ labels, value }] }]);

/** Stories that ask nothing are left out. */
export const printed = (stories: readonly Story[]): Printed[] =>
  stories
    .filter(({ checks }) => checks.length > 0)
    .map(({ promise, subject, series, checks }) => ({
      promise,
      subject,
      series: indented([...series]),
      checks: checks.map(checkText).join(''),
    }));

/** A story in pieces: between each two of them stand the labels of an SLO. */
type Gapped = { promise: string; series: readonly string[]; checks: readonly string[] };

const NOBODY = { id: '?/?/?', system: '?', service: '?' } as const;
// What stands in the braces of every selector about an SLO, before what that adds.
const labelsText = (slo: Pick<Tested, 'id' | 'system' | 'environment' | 'service'>): string =>
  seriesOf('x', sloLabels(slo)).slice('x{'.length, -'}'.length);

const MOST_KNOWN = 100;

/**
 * Prints the stories of one SLO after the other. Ten thousand SLOs that Nines counts differ in little but their labels: each
 * way to be tested is told once, about nobody, and gets the labels of every SLO that it fits.
 */
export const printer = (
  tell: (slo: Tested, feed: Feed) => readonly Story[],
): ((slo: Tested, feed: Feed) => readonly Printed[]) => {
  const known = new Map<string, readonly Gapped[]>();
  const gappedOf = (slo: Tested): readonly Gapped[] => {
    const nobody = { ...slo, ...NOBODY };
    const key = JSON.stringify(nobody);
    const found = known.get(key);
    if (found) return found;
    const gap = labelsText(nobody);
    const made = printed(tell(nobody, countedByNines(nobody))).map(({ promise, series, checks }) => ({
      promise,
      series: series.split(gap),
      checks: checks.split(gap),
    }));
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, made);
    return made;
  };
  return (slo, feed) => {
    // An environment may be any text, and YAML may write some of them in another way.
    if (slo.indicator.kind === 'promql' || !/^[\w.-]*$/.test(slo.environment)) return printed(tell(slo, feed));
    const labels = labelsText(slo);
    return gappedOf(slo).map(({ promise, series, checks }) => ({
      promise,
      subject: slo.id,
      series: series.join(labels),
      checks: checks.join(labels),
    }));
  };
};
