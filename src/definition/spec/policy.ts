import { z } from 'zod';
import { channel } from './channel.ts';
import { covers, duration, id, text } from './scalars.ts';

const level = z.strictObject({
  level: z.union([z.literal(2), z.literal(3), z.literal(4)]),
  /** Counted from the opening of the incident. */
  after: duration,
  channels: z.array(id).min(1),
});

const ladder = z.strictObject({
  /** L1: give the system's own recovery (circuit breaker, auto-scaling) this long before L2. */
  observe: duration.optional(),
  levels: z.array(level).min(1),
  repeat: duration.default('30m'),
  acknowledgeTimeout: duration.default('30m'),
});

export const policy = z.strictObject({
  id,
  name: text,
  critical: ladder,
  warning: ladder,
  hold: duration.default('60s'),
  flappingHold: duration.default('10m'),
  reopen: duration.default('30m'),
  fallback: id.optional(),
  covers,
});

/** Policies and channels live in files of their own, shared by all systems. */
export const policies = z.strictObject({
  apiVersion: z.literal('nines/v1'),
  kind: z.literal('Policies'),
  channels: z.array(channel).default([]),
  policies: z.array(policy).default([]),
});
