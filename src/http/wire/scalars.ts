import { z } from 'zod';

/** On the wire: instants are ISO 8601 in UTC, durations are seconds, ids are whole and may contain slashes. */
export const instant = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });
export const share = z.number().meta({ description: '1 = all, 0 = none; a budget overspent is negative' });

export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null): string | null => (ms === null || !Number.isFinite(ms) ? null : iso(ms));
export const seconds = (ms: number): number => ms / 1_000;
/** JSON has no NaN or Infinity; what cannot be said is null. */
export const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

export const problem = z
  .object({ code: z.string().meta({ description: 'stable; docs/errors.md explains each' }), message: z.string() })
  .meta({ id: 'Error' });

/** What any route may answer besides its own. */
export const refusals = { '4xx': problem, '5xx': problem };

export const SECURED = [{ bearer: [] }];
