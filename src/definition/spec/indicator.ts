import { z } from 'zod';
import { COMPARISONS } from '../../slo/comparison.ts';
import { duration, id, idPattern, text } from './scalars.ts';

/** `failing`, `degraded`, `response-time`, `certificate-days`, or a reading such as `connections-used-ratio`. */
export const metric = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'must be failing, degraded, response-time, certificate-days or a reading');

const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be the name of a label such as region');

const timeSlice = z.strictObject({
  kind: z.literal('time-slice'),
  source: z.discriminatedUnion('kind', [
    /** Every check gives a sample: `response-time` in seconds, `failing` and `degraded` as 1 or 0, readings as they are. */
    z.strictObject({ kind: z.literal('probe'), probe: id, metric }),
    /** PromQL that gives one value. */
    z.strictObject({ kind: z.literal('query'), connector: id, query: text }),
  ]),
  /** What every sample of a good slice fulfils. */
  comparison: z.enum(COMPARISONS),
  threshold: z.number(),
  slice: duration.default('1m'),
});

const composite = z.strictObject({
  kind: z.literal('composite'),
  parts: z
    .array(
      z.strictObject({
        /** An SLO of the same service, or `service/slo`. */
        slo: text,
        /** How often each of its events counts. */
        weight: z.int().min(1).max(1000).default(1),
      }),
    )
    .min(2),
});

/** One of: `errors` and `total` · `good` and `total` · `ratio` · `histogram` · `nativeHistogram` · `gauge`. */
const promql = z.strictObject({
  kind: z.literal('promql'),
  connector: id,
  errors: text.optional(),
  good: text.optional(),
  total: text.optional(),
  ratio: text.optional(),
  histogram: text.optional(),
  nativeHistogram: text.optional(),
  gauge: text.optional(),
  /** Of a histogram: what took longer is bad. */
  threshold: duration.optional(),
  /** Labels that are kept apart in generated rules and dashboards. */
  groupBy: z.array(labelName).default([]),
});

export const indicator = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('probe'), probes: z.array(idPattern).min(1) }),
  z.strictObject({ kind: z.literal('latency'), probes: z.array(idPattern).min(1), threshold: duration }),
  z.strictObject({ kind: z.literal('events'), connector: id }),
  z.strictObject({ kind: z.literal('freshness'), probe: id, maxAge: duration }),
  z.strictObject({ kind: z.literal('incident-clock'), within: duration }),
  timeSlice,
  composite,
  promql,
]);
