import type { Target } from '../probe/probe.ts';
import { Secret } from '../secret.ts';
import type { CatalogChannel, CatalogConnector, CatalogProbe } from './catalog.ts';
import { ms } from './meaning.ts';
import { checkOf } from './target.ts';

/** Gives the value of a reference, named without its braces (`env:NAME`, `file:/run/secrets/token`); undefined when unset. */
export type Lookup = (reference: string) => string | undefined;

const REFERENCE = /\$\{([^}]*)\}/g;
const KNOWN = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*)$/;

/** The references of a text, without their braces, in order. */
export const referencesIn = (text: string): string[] => Array.from(text.matchAll(REFERENCE), (match) => match[1] ?? '');

/** `env:NAME` or `file:path`; anything else cannot be resolved. */
export const isReference = (reference: string): boolean => KNOWN.test(reference);

/** `environment variable NAME is not set`, said of a reference that gives nothing. */
export const unsetText = (reference: string): string =>
  reference.startsWith('env:')
    ? `${reference.slice(4)} is not set`
    : `file ${reference.slice(5)} cannot be read or is empty`;

/** Why these texts cannot be revealed, for people; null when all can. */
export const unsetIn = (texts: readonly (string | undefined)[], lookup: Lookup): string | null => {
  const named = texts.flatMap((text) => referencesIn(text ?? '')).filter(isReference);
  const unset = new Set(named.filter((reference) => !lookup(reference)));
  return unset.size === 0 ? null : [...unset].map(unsetText).join(', ');
};

const reveal = (text: string, lookup: Lookup): string =>
  // What only looks like one, in a regular expression, stays as it is.
  text.replace(REFERENCE, (whole, reference: string) => (isReference(reference) ? (lookup(reference) ?? '') : whole));

/** An address: a base given with a slash at its end does not double the one that follows. */
export const revealUrl = (text: string, lookup: Lookup): string =>
  text.replace(/\$\{([^}]*)\}(\/?)/g, (_, reference: string, slash: string) => {
    const value = lookup(reference) ?? '';
    return slash ? `${value.replace(/\/+$/, '')}/` : value;
  });

/** Every text in a value, at any depth. */
export const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
};

const ADDRESSES = new Set(['url', 'tokenUrl']);

/** A copy in which every text has its references filled in. */
const revealAll = <T>(value: T, lookup: Lookup, key = ''): T => {
  if (typeof value === 'string') return (ADDRESSES.has(key) ? revealUrl(value, lookup) : reveal(value, lookup)) as T;
  if (Array.isArray(value)) return value.map((inner: unknown) => revealAll(inner, lookup)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, revealAll(inner, lookup, name)])) as T;
};

/**
 * A probe as the prober runs it, its references revealed: only for the hand-over. Null for a heartbeat and for a
 * probe that is not configured.
 */
export const revealTarget = (probe: CatalogProbe, lookup: Lookup): Target | null => {
  if (probe.kind === 'heartbeat' || probe.notConfigured !== null) return null;
  const spec = revealAll(probe.spec, lookup);
  return {
    id: probe.id,
    intervalMs: probe.intervalMs,
    timeoutMs: probe.timeoutMs,
    retries: { count: spec.retries.count, waitMs: ms(spec.retries.wait) },
    budget: probe.requestBudget,
    check: checkOf(spec),
  };
};

/** What an adapter needs to reach a channel, its references revealed. */
export type RevealedChannel =
  | { id: string; kind: 'slack'; channel: string; token: Secret; mention: string | null }
  | { id: string; kind: 'pagerduty'; routingKey: Secret }
  | { id: string; kind: 'console' };

/** A channel with its secrets; null when it is not configured. */
export const revealChannel = (channel: CatalogChannel, lookup: Lookup): RevealedChannel | null => {
  if (channel.notConfigured !== null) return null;
  switch (channel.kind) {
    case 'slack': {
      const mention =
        channel.mention === undefined || unsetIn([channel.mention], lookup) ? null : reveal(channel.mention, lookup);
      const token = new Secret(reveal(channel.token, lookup));
      return { id: channel.id, kind: 'slack', channel: reveal(channel.channel, lookup), token, mention };
    }
    case 'pagerduty':
      return { id: channel.id, kind: 'pagerduty', routingKey: new Secret(reveal(channel.routingKey, lookup)) };
    case 'console':
      return { id: channel.id, kind: 'console' };
  }
};

/** How a connector is reached, its references revealed. Durations are ms. */
export type RevealedConnector = {
  id: string;
  kind: 'prometheus';
  url: string;
  token: Secret | null;
  tenant: string | null;
  headers: Readonly<Record<string, Secret>>;
  scrapeIntervalMs: number;
  timeoutMs: number;
};

/** A connector with its secrets; null when it is not configured, or of a kind that is not read. */
export const revealConnector = (connector: CatalogConnector, lookup: Lookup): RevealedConnector | null => {
  if (connector.notConfigured !== null || connector.kind !== 'prometheus') return null;
  const { url, token, tenant, headers, scrapeInterval, timeout } = connector.spec;
  const secret = (text: string): Secret => new Secret(reveal(text, lookup));
  const address = revealUrl(url, lookup);
  if (!URL.canParse(address)) return null;
  return {
    id: connector.id,
    kind: connector.kind,
    url: address,
    token: token === undefined ? null : secret(token),
    tenant: tenant === undefined ? null : reveal(tenant, lookup),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, secret(text)])),
    scrapeIntervalMs: ms(scrapeInterval),
    timeoutMs: ms(timeout),
  };
};
