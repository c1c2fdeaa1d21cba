import type { Clock } from '../../clock.ts';
import type { Catalog, CatalogConnector } from '../../definition/catalog.ts';
import { ms } from '../../definition/meaning.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../duration.ts';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { connectorOf, stepOf, type Provider, type PullFailure, type PullRange } from '../../provider/provider.ts';
import { slotStart } from '../../slo/slot.ts';
import { createSpans } from '../../slo/window.ts';
import type { Store } from '../../store/store.ts';
import { createAttempts, type Attempts, type SourceStatus, type ConnectorStatus } from '../connector-status.ts';
import { pulledSlos, REVISED_FOR, type Pulled, type PulledSlo } from '../pulled.ts';
import type { Windows } from '../windows.ts';

/** Minutes are kept for two weeks: so long Nines may have been away, and fill the gap as finely as if it had not. */
const LONGEST_GAP = 13 * DAY;
/** One request asks for as many slots as are read without being noticed. */
const CHUNK = 6 * HOUR;
const PAST_CHUNK = DAY;
/** Days of the past that are read between two ticks: who is asked has other work, and so have we. */
const PAST_AT_ONCE = 5;
/** Of an indicator that is new: as fine slots, and as hours before that. */
const NEW_FINE = 4 * HOUR;
const NEW_PAST = 31 * DAY;

/** Connectors are asked apart from each other, and each always at its own second. */
const JITTER = 5 * SECOND;
/** Queries of one round that may run into the deadline before the source itself counts as too slow. */
const MOST_TIMEOUTS = 2;

export type Pull = {
  /** Begins what is due, one request at a time per connector; does not wait for it. Only for who leads. */
  run(now: number): void;
  /** What is remembered may be somebody else's word by now: begins anew behind what is stored. */
  use(catalog: Catalog): void;
  connectors(): readonly ConnectorStatus[];
  /** How the source of an SLO stands; null for those that Nines measures itself. */
  source(slo: string): SourceStatus | null;
  /** Settles when no request is under way. */
  settled(): Promise<void>;
  /** Gives up what is under way. */
  stop(): Promise<void>;
};

export type PullParts = {
  store: Store;
  windows: Windows;
  clock: Clock;
  log: Log;
  pulled: Pulled;
  provider: (connector: CatalogConnector) => Provider | null;
  leads: () => boolean;
};

/** `past`: where the hours end that are still to be read; null when all are, undefined before anybody looked. */
type Query = PulledSlo & { id: string; attempts: Attempts; askedUntil: number | null; past: number | null | undefined };
type Lane = { connector: CatalogConnector; provider: Provider; queries: Query[]; attempts: Attempts; busy: boolean };
type Turn = { lane: Lane; now: number; isWanted: () => boolean };

const jitterOf = (id: string): number =>
  Array.from(id).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % JITTER, 7);

/** How long after the end of a slot its source may still change it, ms. */
const settleOf = (connector: CatalogConnector): number =>
  connector.kind === 'prometheus' ? ms(connector.spec.settle) : 0;

/** When the slot that runs at `now` is over and settled. */
const nextDue = (connector: CatalogConnector, now: number): number => {
  const lag = settleOf(connector) + jitterOf(connector.id);
  return slotStart(now - lag, MINUTE) + MINUTE + lag;
};

const pastFact = (slo: string): string => `past of ${slo}`;

export const createPull = (parts: PullParts): Pull => {
  const { store, windows, clock, log } = parts;
  const spans = createSpans();
  let lanes = new Map<string, Lane>();
  let uses = 0;
  let stopping = new AbortController();
  let catalog: Catalog | null = null;
  const running = new Set<Promise<void>>();

  const fail = ({ lane, now }: Turn, query: Query, failure: PullFailure): void => {
    const { attempts } = failure.scope === 'connector' ? lane : query;
    if (attempts.failed(failure, now))
      log.warn('A source could not be read; its time counts as a gap until it can.', {
        connector: lane.connector.id,
        ...(failure.scope === 'query' ? { slo: query.id } : {}),
        reason: failure.text,
      });
  };

  const ask = async (turn: Turn, query: Query, range: PullRange) => {
    const answer = await turn.lane.provider.pull(query.indicator, range, stopping.signal);
    if (!turn.isWanted()) return null;
    if (!answer.ok) {
      fail(turn, query, answer.failure);
      return null;
    }
    turn.lane.attempts.answered(clock.now());
    if (answer.partial === null) return answer;
    const text = `Only a part of the data could be read: ${answer.partial}`;
    fail(turn, query, { outcome: 'unavailable', scope: 'query', text, retryAfterMs: null });
    return null;
  };

  /** Where to begin: behind what is stored, some hours back for what is new. */
  const beginning = ({ id, indicator }: Query, to: number): number => {
    const step = stepOf(indicator);
    const lastAt = windows.lastAt(id);
    if (lastAt === null) return slotStart(to - NEW_FINE, HOUR);
    return Math.max(Math.min(slotStart(lastAt + step - 1, step), to), slotStart(to - LONGEST_GAP, HOUR));
  };

  const live = async (turn: Turn, query: Query): Promise<boolean> => {
    const { lane, now } = turn;
    const step = stepOf(query.indicator);
    const to = slotStart(now - settleOf(lane.connector), step);
    // Nobody has asked for a future, unless the clock was set back since.
    if (query.askedUntil === null || query.askedUntil > to + MINUTE) query.askedUntil = beginning(query, to);
    let from = slotStart(query.askedUntil - (windows.lastAt(query.id) === null ? 0 : REVISED_FOR), step);
    while (query.askedUntil < to) {
      const answer = await ask(turn, query, { from, to: Math.min(to, from + CHUNK) });
      if (!answer) return false;
      await parts.pulled.take(query.slo, answer.slots, now, turn.isWanted);
      if (!turn.isWanted()) return false;
      query.askedUntil = Math.max(query.askedUntil, answer.coveredUntil);
      from = answer.coveredUntil;
      query.attempts.answered(clock.now());
      await clock.turn();
    }
    return true;
  };

  const pastEnd = async ({ id }: Query, now: number): Promise<number | null> => {
    if ((await store.facts.get(pastFact(id))) !== null) return null;
    return slotStart(windows.firstAt(id) ?? now - NEW_FINE, HOUR);
  };

  /** One day more of what was before the first slot, newest first. */
  const past = async (turn: Turn, query: Query): Promise<void> => {
    const { slo, id } = query;
    query.past = query.past === undefined ? await pastEnd(query, turn.now) : query.past;
    if (query.past === null || !turn.isWanted()) return;
    const begin = Math.max(spans(slo.window, slo.zone, turn.now).from, turn.now - NEW_PAST);
    const from = Math.max(slotStart(begin + HOUR - 1, HOUR), query.past - PAST_CHUNK);
    if (from >= query.past) {
      await store.commit(store.facts.setting(pastFact(id), String(turn.now)));
      query.past = null;
      return;
    }
    const answer = await ask(turn, query, { from, to: query.past });
    if (!turn.isWanted()) return;
    if (answer) await parts.pulled.takePast(slo, answer.slots, turn.isWanted);
    // What cannot be computed for a day is tried again with the next start, not every minute.
    if (answer || query.attempts.outcome() !== null) query.past = answer ? from : null;
  };

  const round = async (turn: Turn): Promise<void> => {
    const { lane, now } = turn;
    let timeouts = 0;
    for (const query of lane.queries) {
      if (!query.attempts.isDue(now)) continue;
      const done = await live(turn, query);
      if (!turn.isWanted()) return;
      if (done) query.attempts.restUntil(nextDue(lane.connector, now));
      else if (query.attempts.outcome() === 'timeout') timeouts++;
      if (!lane.attempts.isDue(now) || timeouts >= MOST_TIMEOUTS) break;
    }
    // Who was behind the one that failed is first the next time.
    const at = lane.queries.findIndex(({ attempts }) => attempts.isDue(now));
    if (at > 0) lane.queries.push(...lane.queries.splice(0, at));
  };

  const needsPast = ({ past, attempts }: Query): boolean => past !== null && attempts.outcome() === null;

  const work = async (turn: Turn): Promise<void> => {
    if (turn.lane.queries.some(({ attempts }) => attempts.isDue(turn.now))) {
      await round(turn);
      return;
    }
    for (let days = 0; days < PAST_AT_ONCE; days++) {
      const query = turn.lane.queries.find(needsPast);
      if (!query || !turn.isWanted() || !turn.lane.attempts.isDue(turn.now)) return;
      await past(turn, query);
      await clock.turn();
    }
  };

  const start = (lane: Lane, now: number): void => {
    const mine = uses;
    const isWanted = (): boolean => mine === uses && parts.leads();
    lane.busy = true;
    const done = work({ lane, now, isWanted })
      .catch((error: unknown) => {
        const text = `What it said could not be stored: ${messageOf(error)}`;
        lane.attempts.failed({ outcome: 'unavailable', scope: 'connector', text, retryAfterMs: null }, now);
        log.warn('What a source said could not be stored; it is asked again.', { reason: error });
      })
      .finally(() => {
        lane.busy = false;
        running.delete(done);
      });
    running.add(done);
  };

  return {
    run(now) {
      for (const lane of lanes.values()) {
        if (lane.busy || !lane.attempts.isDue(now)) continue;
        if (lane.queries.some((query) => query.attempts.isDue(now) || needsPast(query))) start(lane, now);
      }
    },
    use(next) {
      uses++;
      stopping.abort();
      stopping = new AbortController();
      catalog = next;
      const before = lanes;
      const found = new Map<string, Query[]>();
      for (const { slo, indicator } of pulledSlos(next)) {
        const query = { slo, indicator, id: slo.id, attempts: createAttempts(), askedUntil: null, past: undefined };
        const connector = connectorOf(indicator);
        found.set(connector, [...(found.get(connector) ?? []), query]);
      }
      lanes = new Map();
      for (const [id, queries] of found) {
        const connector = next.connectors.get(id);
        const provider = connector && parts.provider(connector);
        // It may be another address or another token now: what failed is tried again.
        const attempts = createAttempts(before.get(id)?.attempts.lastAnswerAt() ?? null);
        if (connector && provider) lanes.set(id, { connector, provider, queries, attempts, busy: false });
      }
    },
    connectors: () =>
      [...(catalog?.connectors.values() ?? [])].map((connector) => {
        const { id, kind } = connector;
        const lane = lanes.get(id);
        const source = lane ? sourceOf(id, lane.attempts, lane.queries) : idle(connector);
        return { id, kind, slos: lane?.queries.length ?? 0, ...source };
      }),
    source(slo) {
      for (const { connector, queries, attempts } of lanes.values()) {
        const query = queries.find(({ id }) => id === slo);
        if (query) return sourceOf(connector.id, attempts, [query]);
      }
      return null;
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
    async stop() {
      uses++;
      stopping.abort();
      while (running.size > 0) await Promise.all(running);
    },
  };
};

const idle = ({ id, notConfigured }: CatalogConnector): SourceStatus => ({
  connector: id,
  state: notConfigured === null ? 'waiting' : 'not-configured',
  lastAnswerAt: null,
  readUntil: null,
  error: null,
});

const sourceOf = (connector: string, attempts: Attempts, queries: readonly Query[]): SourceStatus => {
  const asked = queries.map(({ askedUntil }) => askedUntil);
  const known = asked.filter((at) => at !== null);
  const error = attempts.error() ?? queries.map((query) => query.attempts.error()).find((one) => one !== null) ?? null;
  const lastAnswerAt = attempts.lastAnswerAt();
  return {
    connector,
    state: error !== null ? 'failing' : lastAnswerAt === null ? 'waiting' : 'working',
    lastAnswerAt,
    readUntil: known.length > 0 && known.length === asked.length ? Math.min(...known) : null,
    error,
  };
};
