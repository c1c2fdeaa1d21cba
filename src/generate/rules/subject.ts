import { MINUTE } from '../../duration.ts';
import type { Catalog } from '../../definition/catalog.ts';
import type { Slo } from '../../slo/slo.ts';
import { sloLabels } from '../series.ts';
import { selectorOf } from './text.ts';

/** An SLO as its rules need it. */
export type Subject = {
  slo: Slo;
  catalog: Catalog;
  /** The four that are its own. */
  labels: ReturnType<typeof sloLabels>;
  /** The four labels as a selector: `nines:sli_total:rate5m${selector}` reaches this SLO alone. */
  selector: string;
  groupBy: readonly string[];
  /** Longest time between two arrivals of data while all is well, ms. */
  gapMs: number;
};

const gapOf = (catalog: Catalog, slo: Slo | undefined): number => {
  const intervals = (ids: readonly string[]): number =>
    Math.max(0, ...ids.map((id) => catalog.probes.get(id)?.intervalMs ?? 0));
  switch (slo?.indicator.kind) {
    case 'probe':
    case 'latency':
      return intervals(slo.indicator.probes);
    case 'time-slice': {
      const { source, sliceMs } = slo.indicator;
      return sliceMs + (source.kind === 'probe' ? intervals([source.probe]) : 0);
    }
    case 'composite':
      return Math.max(0, ...slo.indicator.parts.map((part) => gapOf(catalog, catalog.slos.get(part.slo))));
    case 'events':
    case 'freshness':
    case 'incident-clock':
    case 'promql':
    case undefined:
      return MINUTE;
  }
};

export const subjectOf = (catalog: Catalog, slo: Slo): Subject => {
  const labels = sloLabels(slo);
  return {
    slo,
    catalog,
    labels,
    selector: selectorOf(labels),
    groupBy: slo.indicator.kind === 'promql' ? slo.indicator.groupBy : [],
    gapMs: Math.max(MINUTE, gapOf(catalog, slo)),
  };
};

/** Whether Nines counts it, and Prometheus reads its counters; else Prometheus has the metrics itself. */
export const isCountedByNines = ({ slo }: Subject): boolean => slo.indicator.kind !== 'promql';
