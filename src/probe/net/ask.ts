import { Resolver } from 'node:dns/promises';

/** What a name server said: addresses, and for how long they may be kept. */
export type Said = { addresses: readonly string[]; ttlMs: number };

export type Servers = { servers: readonly string[]; timeoutMs: number; tries: number };

/** Asks name servers for the A (4) or AAAA (6) records of a full name. Rejects with the codes of node:dns. */
export type Ask = (servers: Servers, name: string, family: 4 | 6) => Promise<Said>;

const MAX_RESOLVERS = 64;

/** `Ask` by c-ares, which holds no thread while it waits. Equal servers share a resolver. */
export const createAsk = (): Ask => {
  const resolvers = new Map<string, Resolver>();
  const resolverOf = ({ servers, timeoutMs, tries }: Servers): Resolver => {
    const key = `${servers.join(' ')} ${timeoutMs} ${tries}`;
    const known = resolvers.get(key);
    if (known) return known;
    const resolver = new Resolver({ timeout: timeoutMs, tries });
    resolver.setServers(servers);
    if (resolvers.size >= MAX_RESOLVERS) resolvers.clear();
    resolvers.set(key, resolver);
    return resolver;
  };
  return async (servers, name, family) => {
    const resolver = resolverOf(servers);
    const records = await (family === 4
      ? resolver.resolve4(name, { ttl: true })
      : resolver.resolve6(name, { ttl: true }));
    return {
      addresses: records.map(({ address }) => address),
      ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * 1_000,
    };
  };
};
