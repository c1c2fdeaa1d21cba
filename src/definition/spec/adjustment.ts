import { z } from 'zod';
import { id } from './scalars.ts';

/** A local time in the system's zone, or an instant with its offset; both to the minute. */
const instant = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})?$/,
    'must be a time such as 2026-11-21T02:00 (local) or 2026-11-21T07:00Z',
  );

const said = z.string().regex(/\S/, 'must not be empty');

/** `service/slo`, in which * stands for any part. */
const sloPattern = z
  .string()
  .regex(/^[a-z*][a-z0-9*-]*\/[a-z*][a-z0-9*-]*$/, 'must be service/slo, or a pattern of such names as checkout/*');

/** A stretch of time that is left out of error budgets. */
export const exclusion = z.strictObject({
  id,
  slos: z.array(sloPattern).min(1),
  from: instant,
  to: instant,
  owner: said,
  because: said,
});

/** What was counted wrongly in an hour or a day, as numbers to add to it. */
export const correction = z.strictObject({
  id,
  slo: z.string().regex(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/, 'must be service/slo'),
  at: z
    .string()
    .regex(
      /^\d{4}-\d{2}-\d{2}(?:T\d{2}:00)?$/,
      'must be a day such as 2026-11-21, or a local hour such as 2026-11-21T02:00',
    ),
  bad: z.int().default(0),
  total: z.int().default(0),
  owner: said,
  because: said,
});
