import { durationText, selectorText } from '../../promql/print.ts';
import { MILLION } from '../../slo/objective.ts';
import { durationPhrase } from '../../slo/phrase.ts';
import type { Slo } from '../../slo/slo.ts';
import { RECORDED } from '../series.ts';

type Labels = Readonly<Record<string, string>>;

/** `{system="duru-notes",slo="availability"}`, in the order given; it stands behind the name of a series. */
export const selectorOf = (labels: Labels): string =>
  selectorText(
    undefined,
    Object.entries(labels).map(([label, value]) => ({ label, operator: '=', value })),
  );

/** What the objective leaves, in parts per million. */
export const budgetPpm = ({ objective }: Slo): number => MILLION - objective;

/** Text of a person inside an annotation, which Prometheus reads as a template. */
export const templateText = (text: string): string => text.replaceAll('{{', '{{ "{{" }}');

// Ten thousand SLOs share a handful of lengths of time.
const remembered = (write: (ms: number) => string): ((ms: number) => string) => {
  const known = new Map<number, string>();
  return (ms) => {
    let text = known.get(ms);
    if (text === undefined) known.set(ms, (text = write(ms)));
    return text;
  };
};

/** `30m`, as PromQL and Prometheus' configuration write it. */
export const rangeOf = remembered(durationText);
/** `30 m`, as people read it. */
export const spanOf = remembered(durationPhrase);
/** The series of the error ratio over a look-back. */
export const ratioSeries = remembered(RECORDED.ratio);
