import { LAB } from '../lab/known.ts';
import type { Catalog } from '../definition/catalog.ts';
import { MINUTE, SECOND } from '../duration.ts';
import type { Ladder, Policy } from '../incident/policy.ts';

/** What is not as in production, said on every page of the demo. */
export const DEMO_NOTE =
  'Probes run every 2 s, the ladder waits seconds (L2 at 5 s, L3 at 30 s, L4 at 60 s), history is made up. Budgets, burn rates and deliveries are real.';

const AFTER = { 2: 5 * SECOND, 3: 30 * SECOND, 4: 60 * SECOND } as const;

const hurriedLadder = (ladder: Ladder): Ladder => ({
  ...ladder,
  recovery: ladder.recovery && { ...ladder.recovery, forMs: 5 * SECOND },
  levels: ladder.levels.map((level) => ({ ...level, afterMs: AFTER[level.level] })),
  repeatMs: 2 * MINUTE,
  acknowledgeTimeoutMs: 5 * MINUTE,
});

const hurriedPolicy = (policy: Policy): Policy => ({
  ...policy,
  critical: hurriedLadder(policy.critical),
  warning: hurriedLadder(policy.warning),
  holdMs: 10 * SECOND,
  flappingHoldMs: MINUTE,
});

const mapped = <K, V>(map: ReadonlyMap<K, V>, change: (value: V) => V): Map<K, V> =>
  new Map([...map].map(([key, value]) => [key, change(value)]));

/** The shipped catalog with waits that a visitor can watch. Nothing else differs. */
export const hurry = (catalog: Catalog): Catalog => ({
  ...catalog,
  policies: mapped(catalog.policies, hurriedPolicy),
  probes: mapped(catalog.probes, (probe) =>
    probe.kind !== 'heartbeat' ? { ...probe, intervalMs: 2 * SECOND, timeoutMs: 1_900 } : probe,
  ),
  conditions: mapped(catalog.conditions, (condition) => ({
    ...condition,
    forMs: Math.min(condition.forMs, 10 * SECOND),
    intervalMs: 2 * SECOND,
  })),
});

/** What the shipped catalog refers to, pointed at the lab. */
export const labEnvironment = (lab: string): Record<string, string> => ({
  DURU_API_URL: `${lab}/duru`,
  DURU_NOTIFICATIONS_URL: `${lab}/notifications`,
  NINES_SLACK_CHANNEL: LAB.slackChannels[0].id,
  SLACK_BOT_TOKEN: LAB.slackToken,
  PAGERDUTY_ROUTING_KEY: LAB.routingKeys.L3,
  PAGERDUTY_ROUTING_KEY_L4: LAB.routingKeys.L4,
});
