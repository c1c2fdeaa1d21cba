import type { Clock } from '../clock.ts';
import { MINUTE, SECOND } from '../duration.ts';
import { NinesError } from '../errors.ts';
import type { Log } from '../log.ts';
import { hashOf } from '../probe/hash.ts';
import type { CheckResult } from '../probe/probe.ts';
import type { Prober } from '../probe/prober.ts';
import { createBacklog } from './backlog.ts';
import type { Failure, Link } from './link.ts';
import { createOffset } from './offset.ts';

/** An agent as a person sees it. `trouble` is why it is not joined, or cannot report. */
export type AgentState = {
  joined: boolean;
  targets: number;
  /** The server's clock less ours. */
  offsetMs: number | null;
  backlog: number;
  dropped: number;
  trouble: string | null;
};

export type AgentParts = {
  /** This process of the agent. */
  id: string;
  version: string;
  location: string;
  link: Link;
  prober: Prober;
  clock: Clock;
  log: Log;
  onChange?: (state: AgentState) => void;
};

export type Agent = {
  state(): AgentState;
  /** Rejects when the server refuses an agent that it never took; else never settles before `stop`. */
  run(): Promise<void>;
  /** Stops checking, and reports what is left, for 5 s at most. */
  stop(): Promise<void>;
};

const BATCH = 200;
/** Results of this long go together. */
const GATHER = SECOND;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10 * SECOND;
const LAST_WORDS = 5 * SECOND;
const POLL = 20 * SECOND;
/** The first exchange pays for the connection, so that it says little of the clocks: a few more at once. */
const QUICK_POLLS = 4;

export const createAgent = (parts: AgentParts): Agent => {
  const { clock, link, location, log, prober } = parts;
  const offset = createOffset();
  const backlog = createBacklog();
  const stopping = new AbortController();
  const lastWords = new AbortController();
  let revision: string | null = null;
  let targets = 0;
  let joined = false;
  let wasJoined = false;
  let trouble: string | null = null;
  let wake = new AbortController();
  let sending: Promise<void> = Promise.resolve();
  let polls = 0;
  let reachable = new AbortController();

  const serverNow = (): number => clock.monotonic() + (offset.value() ?? 0);
  const offsetMs = (): number | null => (offset.value() === null ? null : Math.round(serverNow() - clock.now()));
  const state = (): AgentState => ({
    joined,
    targets,
    offsetMs: offsetMs(),
    backlog: backlog.size(),
    dropped: backlog.dropped(),
    trouble,
  });
  const changed = (): void => parts.onChange?.(state());

  const inTrouble = (failure: Failure): void => {
    if (trouble !== failure.message) log.warn(failure.message, { location, code: failure.code });
    trouble = failure.message;
    changed();
  };
  const wellAgain = (): void => {
    // Whichever of the two ways found it first: the other need not wait for its turn.
    reachable.abort();
    reachable = new AbortController();
    if (trouble !== null) log.info('Nines answers again.', { location, backlog: backlog.size() });
    trouble = null;
    changed();
  };

  /** Twice as long each time, and never all agents at once. */
  const backOff = (attempt: number, signal: AbortSignal): Promise<void> => {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempt, 10));
    const wait = longest * (0.5 + hashOf(`${parts.id} ${attempt}`) / 2);
    return clock.sleep(wait, AbortSignal.any([signal, reachable.signal]));
  };

  /** When a check started, by the server's clock: our own may be wrong, or be set while the check runs. */
  const dated = (result: CheckResult): CheckResult => {
    const age = clock.now() - result.at;
    const likely = age >= 0 && age <= result.durationMs + MINUTE;
    return { ...result, at: Math.round(serverNow() - (likely ? age : result.durationMs)) };
  };

  const join = async (failures: number): Promise<number> => {
    const hello = {
      agent: parts.id,
      version: parts.version,
      revision,
      waitMs: polls < QUICK_POLLS ? 0 : POLL,
      offsetMs: offsetMs(),
      backlog: backlog.size(),
      dropped: backlog.dropped(),
    };
    const sent = clock.monotonic();
    const answer = await link.poll(hello, stopping.signal);
    if (stopping.signal.aborted) return 0;
    if (!answer.ok) {
      joined = false;
      if (answer.kind === 'refused' && !wasJoined) throw new NinesError(answer.code, answer.message);
      // Its probes are not ours any more; after a cut they are, and checking goes on.
      if (answer.code === 'not_found' && targets > 0) await use(null, []);
      inTrouble(answer);
      await backOff(failures, stopping.signal);
      return failures + 1;
    }
    polls++;
    offset.measured(sent, answer.receivedAt, answer.sentAt, clock.monotonic());
    if (!joined) log.info('Joined.', { location, offsetMs: offsetMs() });
    joined = true;
    wasJoined = true;
    if (answer.targets) await use(answer.revision, answer.targets);
    wellAgain();
    return 0;
  };

  const use = async (next: string | null, wanted: Parameters<Prober['set']>[0]): Promise<void> => {
    revision = next;
    targets = wanted.length;
    log.info('Targets set.', { location, targets });
    await prober.set(wanted);
  };

  const deliver = async (failures: number): Promise<number> => {
    backlog.expire(serverNow());
    const batch = backlog.next(BATCH);
    const answer = await link.report(batch, lastWords.signal);
    if (answer.ok || answer.code === 'invalid_request') {
      backlog.sent();
      if (trouble !== null) wellAgain();
      if (!answer.ok) log.error(answer.message, { location, lost: batch.length });
      else if (answer.refused > 0) log.warn('Nines refused results.', { location, refused: answer.refused });
      changed();
      return 0;
    }
    inTrouble(answer);
    await backOff(failures, stopping.signal.aborted ? lastWords.signal : stopping.signal);
    return failures + 1;
  };

  const report = async (): Promise<void> => {
    let failures = 0;
    while (!lastWords.signal.aborted && !(stopping.signal.aborted && backlog.size() === 0)) {
      if (backlog.size() > 0) failures = await deliver(failures);
      if (backlog.size() >= BATCH || stopping.signal.aborted) continue;
      await clock.sleep(GATHER, stopping.signal);
      if (backlog.size() > 0) continue;
      wake = new AbortController();
      await clock.sleep(MINUTE, AbortSignal.any([wake.signal, stopping.signal]));
    }
  };

  return {
    state,
    async run() {
      prober.onResults((results) => {
        backlog.add(results.map(dated));
        wake.abort();
        changed();
      });
      sending = report();
      let failures = 0;
      while (!stopping.signal.aborted) failures = await join(failures);
    },
    async stop() {
      await prober.stop();
      stopping.abort();
      const deadline = clock.timeoutSignal(LAST_WORDS);
      deadline.addEventListener('abort', () => lastWords.abort());
      await sending;
      if (backlog.size() > 0) log.error('Stopped before Nines had every result.', { location, lost: backlog.size() });
    },
  };
};
