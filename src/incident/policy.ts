export const LEVELS = [1, 2, 3, 4] as const;
/** L1 automated recovery, L2 on-call engineer, L3 engineering manager, L4 executive. */
export type Level = (typeof LEVELS)[number];

/** Who is called at a level: channel ids, and when, counted from the opening of the episode. */
export type PolicyLevel = { level: 2 | 3 | 4; afterMs: number; channels: readonly string[] };

/** How incidents of one severity climb. */
export type Ladder = {
  /** L1: wait at most this long for a recovery to be proved before L2; null = no L1. */
  recovery: { kind: 'observe'; forMs: number } | null;
  levels: readonly PolicyLevel[];
  /** After the highest allowed level: page again this often. */
  repeatMs: number;
  /** Acknowledged and still burning after this long: the same level is paged again. */
  acknowledgeTimeoutMs: number;
};

export type Policy = {
  id: string;
  name: string;
  /** info opens nothing, so it has no ladder. */
  critical: Ladder;
  warning: Ladder;
  /** Everything clear for this long: resolved. Flapping alerts must hold `flappingHoldMs`. */
  holdMs: number;
  flappingHoldMs: number;
  /** Fires again within this long after resolving: the same incident, a new episode. */
  reopenMs: number;
  /** Undelivered for 60 s: this channel is told instead. */
  fallback: string | null;
};

/** What of an incident decides which ladder it climbs, and how far. */
export type Climber = { severity: 'critical' | 'warning'; serviceTier: number; executive: boolean };

export const ladderOf = (incident: Climber, policy: Policy): Ladder => policy[incident.severity];

/** The levels that this incident may reach, lowest first: L4 only for a tier-0 service or when a person asked for it. */
export const allowedLevels = (incident: Climber, policy: Policy): readonly PolicyLevel[] => {
  const levels = ladderOf(incident, policy).levels.toSorted((a, b) => a.level - b.level);
  const allowed = levels.filter(({ level }) => level < 4 || incident.serviceTier === 0 || incident.executive);
  // A ladder of nothing but L4 must still call somebody.
  return allowed.length > 0 ? allowed : levels.slice(0, 1);
};
