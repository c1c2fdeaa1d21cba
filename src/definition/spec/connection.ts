import { z } from 'zod';
import { duration, id, text } from './scalars.ts';

/** How a probe finds and reaches its target. */
export const reach = {
  /** One address is visited, as blackbox_exporter does: racing two would report a slow but working one as down. */
  ip: z.enum(['prefer-v4', 'prefer-v6', 'v4', 'v6']).default('prefer-v4'),
  /** Name servers to ask (`1.1.1.1`, `10.0.0.2:5353`); `system` asks the machine's resolver with all its sources. */
  resolver: z.union([z.literal('system'), z.array(text).min(1)]).optional(),
  /** `all` visits every address of the name, and every one must pass. */
  addresses: z.enum(['one', 'all']).default('one'),
  /**
   * Where a name or a redirect may lead beyond public addresses. An address or a private name that is written down as
   * the target is a permission by itself.
   */
  allow: z.array(z.enum(['private', 'metadata'])).default([]),
};

export const tls = {
  /** PEM of an own authority. */
  ca: text.optional(),
  /** Name that the certificate must be for, and that is asked for; default the target's. */
  serverName: text.optional(),
  verify: z.boolean().default(true),
  clientCertificate: z.strictObject({ certificate: text, key: text }).optional(),
};

/** What every active probe has. */
export const active = {
  id,
  description: text.optional(),
  every: duration.default('30s'),
  timeout: duration.default('10s'),
  /** Failed checks in a row before the probe counts as down, passed ones before it counts as up. */
  failureThreshold: z.int().min(1).max(100).default(2),
  recoveryThreshold: z.int().min(1).max(100).default(2),
  /** Further tries inside one check, all within its timeout; how many it took is recorded. */
  retries: z.strictObject({ count: z.int().min(0).max(5).default(0), wait: duration.default('500ms') }).prefault({}),
  /** Probes of this system (`probe`, or `service/probe`) without which this one cannot work. */
  dependsOn: z.array(text).default([]),
  /** Checks more often for a while after a happening. */
  burst: z
    .strictObject({
      after: z.array(text).min(1).default(['deploy']),
      every: duration,
      for: duration.default('5m'),
    })
    .optional(),
  /** A request budget of the system from which each check takes. */
  requestBudget: id.optional(),
  /** Where checks run; default where Nines runs. */
  locations: z.array(id).min(1).optional(),
  /** How many locations must see it fail before a check counts as failed; default more than half. */
  quorum: z.int().min(1).optional(),
};
