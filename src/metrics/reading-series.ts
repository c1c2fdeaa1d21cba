import { READING_METRICS } from '../names.ts';
import { createOptional, type Optional } from './optional.ts';
import type { Family, Labels, Series } from './series.ts';

type Kind = keyof typeof READING_METRICS;

/** The readings of one probe. `readings` is JSON by name; null takes all of them out of the text. */
export type ExportedReadings = { show(readings: string | null): void };

const numbersOf = (text: string | null): Readonly<Record<string, unknown>> => {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const isKind = (kind: string): kind is Kind => Object.hasOwn(READING_METRICS, kind);

/** Series of what checks read. Counters fall when the server that counts starts anew, as Prometheus expects of them. */
export const createReadingSeries = (series: Series) => {
  const families = new Map<string, Family>();
  const familyOf = (name: string, help: string): Family => {
    const known = families.get(name);
    if (known) return known;
    const family = name.endsWith('_total') ? series.counter(name, help) : series.gauge(name, help);
    families.set(name, family);
    return family;
  };
  return {
    of: (kind: string, labels: Labels): ExportedReadings => {
      const exported: [reading: string, Optional][] = isKind(kind)
        ? Object.entries(READING_METRICS[kind]).map(([reading, [name, help]]) => [
            reading,
            createOptional(familyOf(name, help), labels),
          ])
        : [];
      return {
        show: (text) => {
          const numbers = exported.length > 0 ? numbersOf(text) : {};
          for (const [reading, optional] of exported) {
            const value = numbers[reading];
            optional.set(typeof value === 'number' ? value : null);
          }
        },
      };
    },
  };
};
