import type { Severity } from './alert.ts';

export const COMPARISONS = ['>', '>=', '<', '<='] as const;
export type Comparison = (typeof COMPARISONS)[number];

/**
 * Metric, comparison, threshold, duration. In this version a condition reads a probe:
 * - `failing`: 1 while the probe is down (its failure threshold reached), 0 while it is up
 * - `response-time`: seconds of the last check · `certificate-days`: days until the earliest certificate expires
 * or a reading that a provider delivers.
 */
export type Condition = {
  /** `duru-notes/api/gateway-down` */
  id: string;
  system: string;
  service: string;
  environment: string;
  name: string;
  source:
    | { kind: 'probe'; probe: string; metric: 'failing' | 'response-time' | 'certificate-days' }
    | { kind: 'reading'; connector: string; metric: string };
  comparison: Comparison;
  threshold: number;
  unit: string;
  forMs: number;
  /** Expected time between two samples; a gap of more than two of them is unknown, not clear. */
  intervalMs: number;
  severity: Severity;
  notConfigured: string | null;
  covers: readonly string[];
  runbook: string | null;
};
