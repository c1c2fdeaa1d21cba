import type { Assertion, Target } from '../probe/probe.ts';
import type { CatalogChannel, CatalogProbe } from './catalog.ts';
import { parseDuration } from '../duration.ts';
import { Secret } from '../secret.ts';

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
  const unset = new Set(texts.flatMap((text) => referencesIn(text ?? '')).filter((reference) => !lookup(reference)));
  return unset.size === 0 ? null : [...unset].map(unsetText).join(', ');
};

const reveal = (text: string, lookup: Lookup): string =>
  text.replace(REFERENCE, (_, reference: string) => lookup(reference) ?? '');

/** An address: a base given with a slash at its end does not double the one that follows. */
export const revealUrl = (text: string, lookup: Lookup): string =>
  text.replace(/\$\{([^}]*)\}(\/?)/g, (_, reference: string, slash: string) => {
    const value = lookup(reference) ?? '';
    return slash ? `${value.replace(/\/+$/, '')}/` : value;
  });

/**
 * A probe as the prober runs it, its references revealed: only for the hand-over. Null for a heartbeat and for a
 * probe that is not configured.
 */
export const revealTarget = (probe: CatalogProbe, lookup: Lookup): Target | null => {
  if (probe.kind !== 'http' || probe.notConfigured !== null) return null;
  const { http } = probe;
  return {
    id: probe.id,
    intervalMs: probe.intervalMs,
    timeoutMs: probe.timeoutMs,
    check: {
      kind: 'http',
      url: revealUrl(http.url, lookup),
      method: http.method,
      headers: Object.fromEntries(Object.entries(http.headers).map(([name, value]) => [name, reveal(value, lookup)])),
      body: http.body === undefined ? null : reveal(http.body, lookup),
      redirects: http.redirects,
      maxBodyBytes: http.maxBodyBytes,
      ca: http.ca === undefined ? null : reveal(http.ca, lookup),
      assertions: http.assert.flatMap(assertionsOf),
    },
  };
};

type Written = Extract<CatalogProbe, { kind: 'http' }>['http']['assert'][number];

const assertionsOf = (written: Written): Assertion[] => {
  const { status, header, json, body, responseTime, certificate } = written;
  return [
    ...(status === undefined ? [] : [{ kind: 'status' as const, expected: Array.isArray(status) ? status : [status] }]),
    ...(header ? [{ kind: 'header' as const, ...present(header) }] : []),
    ...(json ? [{ kind: 'json' as const, ...json }] : []),
    ...(body ? [{ kind: 'body' as const, ...present(body) }] : []),
    ...(responseTime ? [{ kind: 'response-time' as const, belowMs: parseDuration(responseTime) ?? 0 }] : []),
    ...(certificate ? [{ kind: 'certificate' as const, validForMs: parseDuration(certificate) ?? 0 }] : []),
  ];
};

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the fields that are undefined: `equals?: string` does not take one. */
const present = <T extends object>(value: T): Present<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Present<T>;

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
