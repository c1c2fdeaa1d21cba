import { formatDuration, parseDuration } from '../../duration.ts';
import { MILLION } from '../../slo/objective.ts';
import type { Ppm } from '../../slo/objective.ts';

type Labels = Readonly<Record<string, string>>;

/** `{system="duru-notes",slo="availability"}`, in the order given. */
export const selectorText = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}}`;

/** A length of time as PromQL and Prometheus' configuration write it, exactly: `7d1h`. */
export const promDuration = (ms: number): string => {
  const text = formatDuration(ms);
  return parseDuration(text) === ms ? text : `${ms}ms`;
};

/**
 * factor × (1 − objective) as an exact decimal: 14.4 at 99.9 % is `0.0144`, where floats say 0.014399999999999998. A factor
 * has the few digits that a person wrote.
 */
export const thresholdText = (factor: number, objective: Ppm): string => {
  const [whole = '0', fraction = ''] = String(factor).split('.');
  const digits = (BigInt(whole + fraction) * BigInt(MILLION - objective)).toString();
  const places = fraction.length + 6;
  const padded = digits.padStart(places + 1, '0');
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`.replace(/\.?0+$/, '');
};

/** Text of a person inside an annotation, which Prometheus reads as a template. */
export const templateText = (text: string): string => text.replaceAll('{{', '{{ "{{" }}');
