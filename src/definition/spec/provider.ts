import { z } from 'zod';
import { id } from './scalars.ts';

/**
 * A vendor that already measures. The kinds are named so that a system can be written down whole; what reads from a
 * kind that this version does not serve yet is shown as *not configured*.
 */
export const PROVIDER_KINDS = [
  'cloudwatch',
  'prometheus',
  'prometheus-text',
  'notification-service',
  'railway',
  'supabase',
  'vercel',
  'sentry',
  'kong',
] as const;

export const connector = z.strictObject({ id, kind: z.enum(PROVIDER_KINDS) });
