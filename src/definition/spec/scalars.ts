import { z } from 'zod';
import { parseDuration } from '../../duration.ts';
import { ppmFromPercent } from '../../slo/objective.ts';

/** Lower-case words joined by dashes: part of URLs, labels and file names. */
export const id = z.string().regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'must be lower-case letters, digits and dashes');

/** An id, or a pattern of ids in which * stands for any part: `site-*`. */
export const idPattern = z
  .string()
  .regex(/^[a-z*][a-z0-9*]*(?:-[a-z0-9*]+)*$/, 'must be an id, or a pattern of ids such as site-*');

/** `30s`, `1h30m`, `28d`. */
export const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'must be a duration such as 30s, 5m or 28d');

/** Percent, at most four decimals: 99.9 */
export const percent = z
  .number()
  .gt(0, 'must be greater than 0')
  .lt(100, 'must be less than 100')
  .refine((value) => ppmFromPercent(value) !== undefined, 'must have at most four decimals');

/** A text that may hold `${env:NAME}` and `${file:path}` references. */
export const text = z.string().min(1);

/** Ids of the requirement rows that this object serves. */
export const covers = z
  .array(z.string().regex(/^[A-Z]{2,3}-\d{2}$/, 'must be requirement ids such as DN-65'))
  .default([]);
