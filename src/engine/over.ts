import type { Alert } from '../alert/alert.ts';
import { MINUTE } from '../duration.ts';
import { isFoldedNow } from '../slo/fold.ts';
import type { TierStatus } from '../slo/status.ts';

export type OverParts = {
  /** Nines' own view of the tier that an alert is about; undefined where Nines does not judge it. */
  tierOf: (alert: Alert) => TierStatus | undefined;
  alerts: () => ReadonlyMap<string, Alert>;
};

/** Whether a firing alert of another judge, firing since `startsAt`, only remembers an outage that Nines saw end. */
export type Over = (judge: string, alert: Alert, startsAt: number | null, now: number) => boolean;

/**
 * A rule sees an outage longer than Nines does: it reads averages of up to 15 min, tickets are evaluated every 5 min, and
 * what it says is heard every 5 min, at both ends of that time; two messages may be lost.
 */
const RULES_LAG = 40 * MINUTE;
const MOST_REMEMBERED = 20_000;

/**
 * A rule does not fold, so that its word would hold an incident for as long as its look-back holds the outage. It is over
 * while Nines folds its own tier, and what is over stays so for as long as the rule can lag behind: but only while Nines
 * judges the tier clear on data, and not for what began to fire later.
 */
export const createOver = ({ tierOf, alerts }: OverParts): Over => {
  /** When each was last counted as over by the fold, oldest first. */
  const foldedAt = new Map<string, number>();

  const remember = (id: string, now: number): void => {
    foldedAt.delete(id);
    foldedAt.set(id, now);
    const [oldest] = foldedAt.keys();
    if (foldedAt.size > MOST_REMEMBERED && oldest !== undefined) foldedAt.delete(oldest);
  };

  return (judge, alert, startsAt, now) => {
    const tier = tierOf(alert);
    if (tier?.status !== 'clear') return false;
    const id = `${judge} ${alert.key}`;
    if (isFoldedNow(tier)) {
      remember(id, now);
      return true;
    }
    if (startsAt === null) return false;
    const folded = foldedAt.get(id);
    if (folded !== undefined && startsAt <= folded && now < folded + RULES_LAG) return true;
    // After a restart its stored word tells when it was first counted as over: the fold began by then.
    const word = alerts().get(alert.key)?.judges?.[judge];
    return word?.status === 'clear' && startsAt < word.at && now < word.at + tier.short.ms + RULES_LAG;
  };
};
