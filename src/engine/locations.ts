import type { Clock } from '../clock.ts';
import type { Catalog, CatalogProbe } from '../definition/catalog.ts';
import { DAY, MINUTE, SECOND } from '../duration.ts';
import { NinesError } from '../errors.ts';
import type { CheckResult, Target } from '../probe/probe.ts';
import { HOME } from './ingest.ts';
import type { Change } from './nines.ts';

/** What an agent says of itself with every poll. `agent` is one process of it; `offsetMs` is our clock less its own. */
export type Hello = {
  agent: string;
  version: string;
  /** The targets it has; null before the first. */
  revision: string | null;
  /** How long it likes to wait for other targets. */
  waitMs: number;
  offsetMs: number | null;
  /** Results that wait for us, and those it had to throw away since it started. */
  backlog: number;
  dropped: number;
};

export type Refusal = { ok: false; code: 'not_found' | 'conflict' | 'invalid_request'; message: string };
/** `targets`, the JSON of each: null = those of this revision, which it has. They hold secrets: for the agent alone. */
export type Joined = { ok: true; revision: string; targets: readonly string[] | null };
/** `refused` are of probes that are not this location's, of another time, or more than its schedule gives. */
export type Reported = { taken: number; refused: number };

/** A place other than Nines itself at which checks run. Times are epoch ms. */
export type LocationStatus = {
  name: string;
  state: 'joined' | 'silent' | 'never';
  lastSeenAt: number | null;
  offsetMs: number | null;
  version: string | null;
  /** Probes that run there. */
  probes: number;
  backlog: number;
  dropped: number;
  refused: number;
};

export type Locations = {
  /** Takes the targets of a catalog one by one, since a fleet is too much at once. */
  begin(catalog: Catalog): Gathering;
  /** Answers when there are other targets than the agent has, or after a while. */
  joined(name: string, hello: Hello, gone: AbortSignal): Promise<Joined | Refusal>;
  /** Settles when they are stored. */
  reported(name: string, results: readonly CheckResult[]): Promise<Reported>;
  list(): LocationStatus[];
};

export type Gathering = {
  /** True: it runs at Nines itself. Null: there is nothing to run, and its locations are known all the same. */
  add(probe: CatalogProbe, target: Target | null): boolean;
  /** All are there: agents hear of theirs. */
  apply(): void;
};

export type LocationParts = {
  clock: Pick<Clock, 'now' | 'sleep'>;
  /** Gives how many were new, and how many were more than the location's share. */
  report: (results: readonly CheckResult[], location: string) => Promise<Reported>;
  tell: (change: Change) => void;
  /** Of several replicas one probes and judges; agents are its own. */
  leads: () => boolean;
};

/** An agent asks again at least this often, so silence for longer than a few of them is silence. */
const POLL = 20 * SECOND;
const SILENT_AFTER = MINUTE;
/** Between two polls of one agent lies no more than this; afterwards another may have its name. */
const HELD_FOR = 10 * SECOND;
/** Agents keep results for a day through a cut. What their clock is measured wrong by may put one into the future. */
const PAST = DAY;
const FUTURE = 5 * SECOND;

const ELSEWHERE = 'Another replica leads, and agents are its own; ask again.';

type Place = { revision: string; targets: readonly string[] };
/** A place whose targets are not all there yet. */
type Open = { targets: string[]; before: Place | undefined; isSame: boolean };
/** `left`: its last connection broke. */
type Agent = { hello: Hello; seenAt: number; polls: number; left: boolean; refused: number };

/** Which agents are there, what they are to check, and what of their reports is to be believed. */
export const createLocations = ({ clock, leads, report, tell }: LocationParts): Locations => {
  // Of this run of ours: a revision of the run before is never mistaken for one of this.
  const run = clock.now();
  let changes = 0;
  let catalog: Catalog | null = null;
  let places = new Map<string, Place>();
  const agents = new Map<string, Agent>();
  let changed = new AbortController();

  const place = ({ targets, before, isSame }: Open): Place =>
    before && isSame && before.targets.length === targets.length
      ? before
      : { revision: `${run}-${++changes}`, targets };

  const find = (name: string): Place | Refusal => {
    const found = places.get(name);
    if (found) return found;
    if (name === HOME)
      return {
        ok: false,
        code: 'invalid_request',
        message: `${HOME} is Nines itself; give the agent another --location.`,
      };
    const known = places.size > 0 ? `there is ${[...places.keys()].join(', ')}` : 'no probe names any';
    const message = `No probe names the location ${name}; ${known}. Add it to the locations of a probe.`;
    return { ok: false, code: 'not_found', message };
  };

  const isHeld = (name: string, { agent }: Hello): boolean => {
    const other = agents.get(name);
    if (!other || other.hello.agent === agent) return false;
    return other.polls > 0 || (!other.left && clock.now() - other.seenAt < HELD_FOR);
  };

  const answer = (found: Place | Refusal, { revision }: Hello): Joined | Refusal =>
    'ok' in found
      ? found
      : { ok: true, revision: found.revision, targets: found.revision === revision ? null : found.targets };

  const isTheirs = (name: string, { probe, at }: CheckResult): boolean => {
    const now = clock.now();
    const here = catalog?.probes.get(probe)?.locations.includes(name) ?? false;
    return here && at >= now - PAST && at <= now + FUTURE;
  };

  return {
    begin(next) {
      const open = new Map<string, Open>();
      const addTo = (name: string, text: string | null): void => {
        const one = open.get(name) ?? { targets: [], before: places.get(name), isSame: true };
        open.set(name, one);
        if (text === null) return;
        one.isSame &&= one.before?.targets[one.targets.length] === text;
        one.targets.push(text);
      };
      return {
        add({ locations }, target) {
          const elsewhere = locations.filter((name) => name !== HOME);
          const text = target && elsewhere.length > 0 ? JSON.stringify(target) : null;
          for (const name of elsewhere) addTo(name, text);
          return locations.length === 0 || locations.includes(HOME);
        },
        apply() {
          catalog = next;
          places = new Map([...open].map(([name, one]) => [name, place(one)]));
          for (const name of agents.keys()) if (!places.has(name)) agents.delete(name);
          changed.abort();
          changed = new AbortController();
        },
      };
    },
    async joined(name, hello, gone) {
      if (!leads()) return { ok: false, code: 'conflict', message: ELSEWHERE };
      const found = find(name);
      if ('ok' in found) return found;
      if (isHeld(name, hello)) {
        const message = `Another agent has joined as ${name}; stop it, or give this one another --location.`;
        return { ok: false, code: 'conflict', message };
      }
      const before = agents.get(name);
      const agent: Agent =
        before?.hello.agent === hello.agent
          ? before
          : { hello, seenAt: 0, polls: 0, left: false, refused: before?.refused ?? 0 };
      Object.assign(agent, { hello, seenAt: clock.now() });
      agents.set(name, agent);
      agent.polls++;
      const until = AbortSignal.any([gone, changed.signal]);
      const wait = Math.min(POLL, hello.waitMs);
      if (found.revision === hello.revision && wait > 0) await clock.sleep(wait, until);
      agent.polls--;
      agent.left = gone.aborted;
      if (!gone.aborted) agent.seenAt = clock.now();
      // A catalog that came meanwhile may have taken the location away.
      return answer(find(name), hello);
    },
    async reported(name, results) {
      if (!leads()) throw new NinesError('server_busy', ELSEWHERE);
      const theirs = results.filter((result) => isTheirs(name, result));
      const agent = agents.get(name);
      if (agent) agent.seenAt = clock.now();
      const { taken, refused: tooMany } = await report(theirs, name);
      const refused = results.length - theirs.length + tooMany;
      if (agent) agent.refused += refused;
      if (taken > 0) tell({ topic: 'probes' });
      return { taken, refused };
    },
    list: () =>
      [...places].map(([name, { targets }]) => {
        const agent = agents.get(name);
        const silent = !agent || (agent.polls === 0 && clock.now() - agent.seenAt > SILENT_AFTER);
        return {
          name,
          state: !agent ? 'never' : silent ? 'silent' : 'joined',
          lastSeenAt: agent ? (agent.polls > 0 ? clock.now() : agent.seenAt) : null,
          offsetMs: agent?.hello.offsetMs ?? null,
          version: agent?.hello.version ?? null,
          probes: targets.length,
          backlog: agent?.hello.backlog ?? 0,
          dropped: agent?.hello.dropped ?? 0,
          refused: agent?.refused ?? 0,
        };
      }),
  };
};
