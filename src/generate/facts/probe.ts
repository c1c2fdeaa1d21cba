import type { CatalogProbe } from '../../definition/catalog.ts';
import { addressText, guardedText, lengthText, listText, type Facts } from './fact.ts';

/** Keys of a probe whose values are told as they stand. */
export const SAID: readonly string[] = [
  'method',
  'redirects',
  'compression',
  'maxBodyBytes',
  'close',
  'ip',
  'resolver',
  'addresses',
  'allow',
  'serverName',
  'verify',
  'secure',
  'startTls',
  'type',
  'server',
  'service',
];

/** What it sends, and with which keys, may hold secrets: of these is told that they are set. */
export const GUARDED: readonly string[] = [
  'headers',
  'body',
  'graphql',
  'auth',
  'proxy',
  'ca',
  'clientCertificate',
  'steps',
  'query',
];

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

const saidText = (value: unknown): string | number | undefined => {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number' || typeof value === 'string') return value;
  return Array.isArray(value) ? listText(value.map(String)) : JSON.stringify(value);
};

const specFacts = (spec: object): Facts =>
  Object.fromEntries(
    Object.entries(spec).flatMap(([key, value]) => {
      if (isEmpty(value)) return [];
      if (SAID.includes(key)) return [[key, saidText(value)]];
      return GUARDED.includes(key) ? [[key, typeof value === 'string' ? guardedText(value) : 'set']] : [];
    }),
  );

const activeFacts = (probe: CatalogProbe): Facts => {
  if (probe.kind === 'heartbeat') return { grace: lengthText(probe.graceMs) };
  const { spec, burst, requestBudget } = probe;
  return {
    visits: addressText(probe.visits),
    timeout: lengthText(probe.timeoutMs),
    ...specFacts(spec),
    assert: listText(spec.assert.map((one) => JSON.stringify(one))),
    degraded: listText(spec.degraded.map((one) => JSON.stringify(one))),
    retries: spec.retries.count === 0 ? undefined : `${spec.retries.count} after ${spec.retries.wait}`,
    burst: burst
      ? `every ${lengthText(burst.intervalMs)} for ${lengthText(burst.forMs)} after ${burst.after.join(', ')}`
      : undefined,
    requestBudget: requestBudget
      ? `${requestBudget.id}: ${requestBudget.requests} per ${lengthText(requestBudget.perMs)}`
      : undefined,
  };
};

export const probeFacts = (probe: CatalogProbe): Facts => ({
  kind: probe.kind,
  description: probe.description ?? undefined,
  every: lengthText(probe.intervalMs),
  ...activeFacts(probe),
  failureThreshold: probe.failureThreshold,
  recoveryThreshold: probe.recoveryThreshold,
  dependsOn: listText(probe.dependsOn),
  locations: listText(probe.locations),
  quorum: probe.locations.length === 0 ? undefined : probe.quorum,
});
