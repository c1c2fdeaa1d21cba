/**
 * How good and total are counted.
 * - `probe`: every check counts; a passed one is good.
 * - `latency`: every check that was answered or timed out counts; one within `thresholdMs` that passed is good.
 * - `events`: good and total come from a provider's slots.
 * - `freshness`: each slot counts once; it is good when the last beat is not older than `maxAgeMs`.
 * - `incident-clock`: each incident counts once; it is good when recovered within `withinMs`.
 * Probe ids are whole: `duru-notes/api/health`.
 */
export type Indicator =
  | { kind: 'probe'; probes: readonly string[] }
  | { kind: 'latency'; probes: readonly string[]; thresholdMs: number }
  | { kind: 'events'; connector: string }
  | { kind: 'freshness'; probe: string; maxAgeMs: number }
  | { kind: 'incident-clock'; withinMs: number };
