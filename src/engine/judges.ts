import { transitionTo, type Alert } from '../alert/alert.ts';
import { afterWord, isLeased, jointStatus, NINES, withoutSilent, withSilence, type Words } from '../alert/judges.ts';
import type { Clock } from '../clock.ts';
import { HOUR, MINUTE } from '../duration.ts';
import { groupOf } from '../incident/group.ts';
import type { Incident } from '../incident/incident.ts';
import type { AlertEvent } from '../incident/opening.ts';
import type { Statement } from '../store/sql.ts';
import type { Store } from '../store/store.ts';
import type { Silenced } from './dependencies.ts';
import { forEach } from './each.ts';
import type { Incidents } from './incidents.ts';
import { createSerial } from './serial.ts';
import { createSlicer } from './slices.ts';
import type { Windows } from './windows.ts';

/** One judge's word on an alert. `leaseMs` null: it will say itself when it cannot judge any more. */
export type Heard = {
  judge: string;
  at: number;
  alert: Alert;
  leaseMs: number | null;
  /** First bad instant of what fires, end of the last one of what cleared; where slots tell, they do. */
  badAt?: number;
};

/** changed: people hear of it · repeated: nothing new · silenced: something else explains it · unknown: clear, and never fired. */
export type HeardAs = 'changed' | 'repeated' | 'silenced' | 'unknown';

export type Judges = {
  /** Durable when it settles. Gives what became of each. */
  hear(heard: readonly Heard[]): Promise<HeardAs[]>;
  /** Leases that ran out, and what is not silenced any more. */
  review(now: number): Promise<void>;
  /** Every alert as all its judges together see it, by key; lately cleared ones too. */
  alerts(): ReadonlyMap<string, Alert>;
  silenced(): readonly Silenced[];
  /** What is stored replaces what is remembered. */
  adopt(stored: readonly Alert[]): void;
  /** The wall clock was set by `ms`: leases go with it. */
  clockSet(ms: number): void;
  /** A person resolved it: judges that are silent for good do not hold its alerts any longer. */
  resolved(incident: Incident): void;
};

export type JudgesParts = {
  store: Store;
  clock: Clock;
  incidents: Pick<Incidents, 'hearAlerts'>;
  fence: () => readonly Statement[];
  silences: (alert: Alert, now: number) => string | null;
  badStretch: Windows['badStretch'];
  /** Since when a word could have reached us. */
  listeningSince: () => number;
};

/** Repeated every 5 min: two may be lost on the way, and the third has a minute. */
export const LEASE = 11 * MINUTE;

/** So many are decided and written before others get their turn. */
const AT_ONCE = 250;
const CLEAR_KEPT = 6 * HOUR;

/** The alert from now on, and the event where people hear of it. */
type Next = { alert: Alert; event: AlertEvent | null; as: HeardAs };

const wordsOf = ({ judges, status, since }: Alert): Words =>
  judges ?? (status === 'pending' ? {} : { [NINES]: { status, at: since, until: null } });

/** An alert that has more than one judge, or another than the embedded one. */
const isJoint = (words: Words): boolean => Object.keys(words).some((judge) => judge !== NINES);

/** The alert as it is kept: rows of the embedded evaluator alone stay as they are. */
const withWords = (alert: Alert, words: Words): Alert => {
  const { judges: _, ...plain } = alert;
  return isJoint(words) ? { ...plain, judges: words } : plain;
};

/** Of live leases alone: what is over stays over. */
const withLeases = (alert: Alert, endOf: (until: number) => number): Alert =>
  alert.judges === undefined
    ? alert
    : {
        ...alert,
        judges: Object.fromEntries(
          Object.entries(alert.judges).map(([judge, word]) => [
            judge,
            word.until === null || word.status !== 'firing' ? word : { ...word, until: endOf(word.until) },
          ]),
        ),
      };

/**
 * Joins what several judges say of the same alert: what changes for people, their words and the incident are one commit.
 * A word that changes nothing for people is only kept.
 */
export const createJudges = (parts: JudgesParts): Judges => {
  const { store, clock } = parts;
  const joint = new Map<string, Alert>();
  /** Those that time or the end of a silence can change. */
  const watched = new Set<string>();
  const silenced = new Map<string, Silenced>();
  /** Alerts of incidents that a person resolved: who fires still, and then falls silent, is not waited for. */
  const ended = new Set<string>();
  const serially = createSerial();
  let forgotAt = clock.now();

  const remember = (alert: Alert): void => {
    joint.set(alert.key, alert);
    const words = wordsOf(alert);
    if (isLeased(words)) watched.add(alert.key);
    else for (const set of [watched, silenced, ended]) set.delete(alert.key);
  };

  const badAtOf = ({ slo, status, identity }: Alert, said: number | undefined): { badAt?: number } => {
    const stretch = slo !== null && identity.kind === 'burn-rate' ? parts.badStretch(slo) : null;
    const badAt = stretch ? (status === 'clear' ? stretch.to : stretch.from) : said;
    return badAt === undefined ? {} : { badAt };
  };

  const told = (alert: Alert, from: Alert['status'], at: number, said?: number): Next => {
    const { id } = transitionTo(alert, from, at);
    return { alert, as: 'changed', event: { id, at, type: 'alert', alert, ...badAtOf(alert, said) } };
  };

  const noteSilence = (alert: Alert, now: number): boolean => {
    const because = parts.silences(alert, now);
    if (because === null) return false;
    silenced.set(alert.key, { alert, because, since: silenced.get(alert.key)?.since ?? now });
    return true;
  };

  const kept = (alert: Alert, words: Words, as: HeardAs): Next => ({ alert: withWords(alert, words), event: null, as });

  /** What a word makes of an alert; no object where nothing is to be written. */
  const afterHearing = ({ judge, at, alert, leaseMs, badAt }: Heard): Next | HeardAs => {
    if (alert.status === 'pending') return 'unknown';
    const before = joint.get(alert.key);
    const known = before ? withSilence(wordsOf(before), at) : {};
    const since = leaseMs === null ? alert.since : at;
    const until = leaseMs === null ? null : at + leaseMs;
    const words = afterWord(known, judge, { status: alert.status, at: since, until });
    if (words === known) return known[judge] ? 'repeated' : 'unknown';
    const was = { status: before?.status ?? ('clear' as const), since: before?.since ?? at };
    const status = jointStatus(words, at);
    // The embedded evaluator knows the numbers; what others say of them stands only while it says nothing.
    const speaks = alert.status === status && (judge === NINES || words[NINES]?.status !== 'firing');
    const said = speaks ? alert : (before ?? alert);
    if (status === was.status) return kept({ ...said, ...was }, words, 'repeated');
    const next = withWords({ ...said, status, since: alert.status === status ? since : at }, words);
    const isSilenced = status === 'firing' && leaseMs !== null && noteSilence(next, at);
    return isSilenced ? kept({ ...said, ...was }, words, 'silenced') : told(next, was.status, at, badAt);
  };

  /** Leases that ran out, a silence that ended, a person's word; null when nothing is to be written. */
  const afterTime = (alert: Alert, now: number): Next | null => {
    const known = wordsOf(alert);
    const words = ended.has(alert.key) ? withoutSilent(known, now) : withSilence(known, now);
    const status = jointStatus(words, now);
    const isFewer = Object.keys(words).length < Object.keys(known).length;
    if (status === alert.status) return isFewer ? kept(alert, words, 'repeated') : null;
    const next = withWords({ ...alert, status, since: now }, words);
    if (status === 'firing') return noteSilence(next, now) ? null : told(next, alert.status, now);
    const detail =
      status === 'stale'
        ? 'Prometheus says nothing of it any more, so nobody knows whether it is over; it still fired when last heard'
        : 'A person resolved it, and its judge is silent';
    return told({ ...next, detail, value: null }, alert.status, now);
  };

  const isDue = (alert: Alert, now: number): boolean => {
    const words = wordsOf(alert);
    if (jointStatus(words, now) !== alert.status) return true;
    return ended.has(alert.key) && Object.keys(withoutSilent(words, now)).length < Object.keys(words).length;
  };

  /** One commit for what is only kept, and one per incident for what people hear of. */
  const settle = async (next: readonly Next[], at: number): Promise<void> => {
    const quiet = next.filter(({ event }) => event === null).map(({ alert }) => alert);
    if (quiet.length > 0) {
      await store.commit([...parts.fence(), ...store.alerts.saving(quiet, at)]);
      quiet.forEach(remember);
    }
    const groups = Map.groupBy(
      next.filter(({ event }) => event !== null),
      ({ alert }) => groupOf(alert.identity),
    );
    await forEach(groups.values(), async (some) => {
      const alerts = some.map(({ alert }) => alert);
      await parts.incidents.hearAlerts(
        some.flatMap(({ event }) => event ?? []),
        store.alerts.saving(alerts, at),
      );
      for (const alert of alerts) {
        remember(alert);
        silenced.delete(alert.key);
        if (alert.status === 'firing') ended.delete(alert.key);
      }
    });
  };

  const hearSome = async (heard: readonly Heard[], breathe: () => Promise<void>): Promise<HeardAs[]> => {
    const next: Next[] = [];
    const became: HeardAs[] = [];
    for (const one of heard) {
      const found = afterHearing(one);
      if (typeof found === 'object') next.push(found);
      became.push(typeof found === 'object' ? found.as : found);
      await breathe();
    }
    await settle(next, heard[0]?.at ?? clock.now());
    return became;
  };

  const isForgotten = ({ status, since, judges = {} }: Alert, now: number): boolean =>
    status === 'clear' && since + CLEAR_KEPT <= now && jointStatus(judges, now) === 'clear';

  /** Of foreign alerts there is no end: every restart of what they are about may give them other labels. */
  const forgetCleared = async (now: number): Promise<void> => {
    if (Math.abs(now - forgotAt) < HOUR) return;
    forgotAt = now;
    const old = [...joint.values()].filter((alert) => isForgotten(alert, now));
    const foreign = old.filter(({ identity }) => identity.kind === 'foreign').map(({ key }) => key);
    if (foreign.length > 0) await store.commit([...parts.fence(), ...store.alerts.removing(foreign)]);
    for (const { key } of old) joint.delete(key);
  };

  return {
    async hear(heard) {
      const breathe = createSlicer(clock);
      const became: HeardAs[] = [];
      // What falls into one incident is one commit.
      const ordered = [...Map.groupBy(heard, ({ alert }) => groupOf(alert.identity)).values()].flat();
      for (let from = 0; from < ordered.length; from += AT_ONCE)
        became.push(...(await serially(() => hearSome(ordered.slice(from, from + AT_ONCE), breathe))));
      return became;
    },
    async review(now) {
      await serially(() => forgetCleared(now));
      const breathe = createSlicer(clock);
      const due: string[] = [];
      for (const key of watched) {
        const alert = joint.get(key);
        if (alert && isDue(alert, now)) due.push(key);
        await breathe();
      }
      for (let from = 0; from < due.length; from += AT_ONCE)
        await serially(async () => {
          const some = due.slice(from, from + AT_ONCE).flatMap((key) => joint.get(key) ?? []);
          await settle(
            some.flatMap((alert) => afterTime(alert, now) ?? []),
            now,
          );
        });
    },
    alerts: () => joint,
    silenced: () => [...silenced.values()],
    adopt(stored) {
      joint.clear();
      watched.clear();
      silenced.clear();
      ended.clear();
      // Nobody could be heard while we were away: that silence is not theirs.
      const earliest = parts.listeningSince() + LEASE;
      const extended = (until: number): number => Math.max(until, earliest);
      for (const alert of stored) remember(alert.status === 'stale' ? alert : withLeases(alert, extended));
    },
    clockSet(ms) {
      for (const key of watched)
        joint.set(
          key,
          withLeases(joint.get(key)!, (until) => until + ms),
        );
    },
    resolved({ alerts }) {
      for (const key of Object.keys(alerts)) if (watched.has(key)) ended.add(key);
    },
  };
};
