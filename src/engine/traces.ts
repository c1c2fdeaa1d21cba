import type { TraceContext } from '../metrics/tracer.ts';
import type { Incident } from '../incident/incident.ts';

/** How a check leads to a page: the newest batch of checks, and the step that changed each open incident last. */
export type Traces = {
  checked(trace: TraceContext): void;
  newestChecks(): TraceContext;
  changed(incident: Incident, trace: TraceContext): void;
  of(incident: string): TraceContext;
};

/** Kept in memory: a trace does not outlive the process that makes it. */
export const createTraces = (): Traces => {
  let checks: TraceContext = null;
  const changes = new Map<string, TraceContext>();
  return {
    checked: (trace) => void (checks = trace),
    newestChecks: () => checks,
    changed({ id, state }, trace) {
      // What was resolved is still told; the newest hundred are enough for that.
      if (trace !== null) changes.delete(id);
      if (trace !== null) changes.set(id, trace);
      if (state === 'resolved' && changes.size > 100) changes.delete(changes.keys().next().value ?? '');
    },
    of: (incident) => changes.get(incident) ?? null,
  };
};
