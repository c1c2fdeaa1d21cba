import { selectorText } from '../../promql/print.ts';
import { MILLION } from '../../slo/objective.ts';
import type { Slo } from '../../slo/slo.ts';

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
