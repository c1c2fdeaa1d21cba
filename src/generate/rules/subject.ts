import { MINUTE } from '../../duration.ts';
import type { Catalog } from '../../definition/catalog.ts';
import type { Slo } from '../../slo/slo.ts';
import { sloLabels } from '../series.ts';
import { ratioText } from '../../promql/print.ts';
import { budgetPpm, selectorOf } from './text.ts';

/** An SLO as its rules need it. */
export type Subject = {
  slo: Slo;
  catalog: Catalog;
  /** The four that are its own. */
  labels: ReturnType<typeof sloLabels>;
  /** The four labels as a selector: `nines:sli_total:rate5m${selector}` reaches this SLO alone. */
  selector: string;
  groupBy: readonly string[];
  /** What the objective leaves, as a share: `0.001`. */
  budget: string;
  /** Longest time between two arrivals of data while all is well, ms. */
  gapMs: number;
  /** Where people look at it. */
  pages: { dashboard: string; nines: string };
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

/** The dashboard that shows one SLO in detail has the uid `nines-slo-detail`, and the four labels as variables. */
const dashboardOf = ({ links }: Catalog, labels: Subject['labels']): string => {
  const query = Object.entries(labels).map(([name, value]) => `var-${name}=${encodeURIComponent(value)}`);
  return `${links.grafana}/d/nines-slo-detail?${query.join('&')}`;
};

/** Longest time between two arrivals of data while all is well, ms. */
export const gapMsOf = (catalog: Catalog, slo: Slo): number => Math.max(MINUTE, gapOf(catalog, slo));

export const subjectOf = (catalog: Catalog, slo: Slo): Subject => {
  const labels = sloLabels(slo);
  return {
    slo,
    catalog,
    labels,
    selector: selectorOf(labels),
    budget: ratioText(budgetPpm(slo)),
    groupBy: slo.indicator.kind === 'promql' ? slo.indicator.groupBy : [],
    gapMs: gapMsOf(catalog, slo),
    pages: { dashboard: dashboardOf(catalog, labels), nines: `${catalog.links.nines}/slos/${slo.id}` },
  };
};

/** Whether Nines counts it, and Prometheus reads its counters; else Prometheus has the metrics itself. */
export const isCountedByNines = ({ slo }: Subject): boolean => slo.indicator.kind !== 'promql';
