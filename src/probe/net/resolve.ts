import { isIPv6 } from 'node:net';
import { createAsk, type Ask, type Servers } from './ask.ts';
import { createKeptAnswers, type Kept } from './kept-answers.ts';
import { withCode } from './reasons.ts';
import { candidates, type Hosts, type ResolvConf } from './system-files.ts';
import { createSystemLookup, type SystemLookup } from './system-lookup.ts';
import type { Reach } from '../targets.ts';

/** Where a name leads. `addresses` are in a stable order, the preferred family first, and never none. */
export type Found = {
  addresses: readonly string[];
  /** The full name that was found, with its search domain. */
  name: string;
  /** No name server was asked for it now. */
  cached: boolean;
  /** This machine says so itself: `/etc/hosts`, or `localhost`. */
  local: boolean;
};

/** Every address of a name that the stance on IPv4 and IPv6 allows, or only as many as a single visit needs. */
type Resolve = (name: string, reach: Pick<Reach, 'ip' | 'resolver'>) => Promise<Found>;
export type Resolver = { resolveOne: Resolve; resolveAll: Resolve };

export type ResolverParts = {
  ask?: Ask;
  system?: SystemLookup;
  hosts: () => Hosts;
  conf: () => ResolvConf;
  monotonic: () => number;
};

type Family = 4 | 6;
type Stance = Reach['ip'];

const FAMILIES: Record<Stance, readonly Family[]> = { 'prefer-v4': [4, 6], 'prefer-v6': [6, 4], v4: [4], v6: [6] };
const LOOPBACK: Record<Family, string> = { 4: '127.0.0.1', 6: '::1' };

const familyOf = (address: string): Family => (isIPv6(address) ? 6 : 4);

/** The same first address in every check, whatever order servers rotate theirs in. */
const ordered = (addresses: readonly string[], ip: Stance): string[] =>
  FAMILIES[ip].flatMap((family) => addresses.filter((address) => familyOf(address) === family).sort());

const isLocalhost = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost');

// Some servers deny a name that has only IPv4 addresses when they are asked for IPv6.
const mayHaveOther = (code: string | null, family: Family): boolean => code === 'ENODATA' || family === 6;

const MAX_COMPLETED = 10_000;

const GRAVER = ['ENOTFOUND', 'ENODATA', 'ESERVFAIL'];

const orServerFailure = (error: NodeJS.ErrnoException): { code: string } => {
  if (error.code === 'ESERVFAIL') return { code: error.code };
  throw error;
};

/**
 * Finds addresses by the machine's name servers, by given ones, or by getaddrinfo. Rejects with the codes of node:dns.
 * Names of `/etc/hosts` are known unless other name servers are given; search domains complete short names likewise.
 */
export const createResolver = (parts: ResolverParts): Resolver => {
  const { hosts, conf, monotonic } = parts;
  const { ask, knows } = createKeptAnswers(parts.ask ?? createAsk(), monotonic);
  const completed = new Map<string, string>();
  const system = parts.system ?? createSystemLookup();

  const found = (addresses: readonly string[], ip: Stance, more: Omit<Found, 'addresses'>): Found | null => {
    const usable = ordered(addresses, ip);
    return usable.length === 0 ? null : { addresses: usable, ...more };
  };

  const fromThisMachine = (name: string, ip: Stance, useHosts: boolean): Found | null => {
    const listed = useHosts ? (hosts().get(name) ?? []) : [];
    const more = { name, cached: false, local: true };
    if (!isLocalhost(name)) return found(listed, ip, more);
    const own = listed.filter((address) => address === '::1' || address.startsWith('127.'));
    return (
      found(own, ip, more) ??
      found(
        FAMILIES[ip].map((family) => LOOPBACK[family]),
        ip,
        more,
      )
    );
  };

  const fromServers = async (
    servers: Servers,
    name: string,
    ip: Stance,
    all: boolean,
  ): Promise<Found | { code: string }> => {
    const addresses: string[] = [];
    let code = 'ENOTFOUND';
    let cached = true;
    let failure: unknown = null;
    for (const family of FAMILIES[ip]) {
      let kept: Kept;
      try {
        kept = await ask(servers, name, family);
      } catch (error) {
        // Many a server answers questions for A well and fails on those for AAAA.
        if (family === 4 || ip === 'v6') throw error;
        failure = error;
        continue;
      }
      cached &&= kept.cached;
      addresses.push(...kept.addresses);
      if (kept.code === 'ENODATA') code = kept.code;
      if (!all && (addresses.length > 0 || !mayHaveOther(kept.code, family))) break;
    }
    if (failure !== null && addresses.length === 0) throw failure;
    return found(addresses, ip, { name, cached, local: false }) ?? { code };
  };

  // In a cluster each name of the world is asked for with three domains that do not have it first. While the answer
  // lives that was found the last time, that is not repeated.
  const shortened = (names: readonly string[], servers: Servers, ip: Stance): readonly string[] => {
    const last = completed.get(names.join(' '));
    return last !== undefined && FAMILIES[ip].some((family) => knows(servers, last, family)) ? [last] : names;
  };

  const byNames = async (names: readonly string[], servers: Servers, ip: Stance, all: boolean): Promise<Found> => {
    let code = 'ENOTFOUND';
    for (const name of shortened(names, servers, ip)) {
      // As glibc and c-ares do it: a failure on one search domain says nothing about the name with another.
      const answer = await fromServers(servers, name, ip, all).catch(orServerFailure);
      if ('addresses' in answer) {
        if (completed.size >= MAX_COMPLETED) completed.clear();
        completed.set(names.join(' '), name);
        return answer;
      }
      if (GRAVER.indexOf(answer.code) > GRAVER.indexOf(code)) code = answer.code;
    }
    throw withCode(code);
  };

  const fromSystem = async (name: string, ip: Stance): Promise<Found> => {
    const only = FAMILIES[ip];
    const addresses = await system(name, only.length === 1 ? (only[0] as Family) : 0);
    const answer = found(addresses, ip, { name, cached: false, local: hosts().has(name) });
    if (!answer) throw withCode('ENODATA');
    return answer;
  };

  const resolve = async (
    written: string,
    { ip, resolver }: Pick<Reach, 'ip' | 'resolver'>,
    all: boolean,
  ): Promise<Found> => {
    const name = written.toLowerCase();
    const plain = name.replace(/\.$/, '');
    const own = fromThisMachine(plain, ip, resolver === null);
    if (own) return own;
    if (resolver === 'system') return fromSystem(plain, ip);
    const { servers, timeoutMs, tries, ...completion } = conf();
    if (resolver === null) return byNames(candidates(name, completion), { servers, timeoutMs, tries }, ip, all);
    return byNames([plain], { servers: resolver, timeoutMs, tries }, ip, all);
  };

  return {
    resolveOne: (name, reach) => resolve(name, reach, false),
    resolveAll: (name, reach) => resolve(name, reach, true),
  };
};
