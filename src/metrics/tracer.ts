export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Where a step stands in its trace (W3C `traceparent`), so that a later one can be its child; null when nothing is traced. */
export type TraceContext = string | null;

export type Tracer = {
  /** Runs `work` as a named step, child of `parent`. What it returns or throws is passed on unchanged. */
  span<T>(name: string, attributes: Attributes, work: () => T, parent?: TraceContext): T;
  /** The step that is running now. */
  current(): TraceContext;
};

/** What the tracer costs when telemetry is off: one call. */
export const freeTracer: Tracer = { span: (_name, _attributes, work) => work(), current: () => null };
