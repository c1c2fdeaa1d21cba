import type { Variable } from './frame.ts';
import { picked, select } from './selector.ts';

const TITLES: Readonly<Record<string, string>> = {
  system: 'System',
  environment: 'Environment',
  service: 'Service',
  slo: 'SLO',
  probe: 'Probe',
};

/** One list per label, from the values that `metric` has; each holds what those before it leave. */
export const lists = (metric: string, names: readonly string[], many: readonly string[] = []): readonly Variable[] =>
  names.map((name, index) => ({
    name,
    title: TITLES[name] ?? name,
    from: select(metric, picked(names.slice(0, index), many)),
    ...(many.includes(name) && { many: true as const }),
  }));
