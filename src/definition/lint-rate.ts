import type { Path } from './locate.ts';
import { ms } from './meaning.ts';
import type { ProbeSpec } from './meaning.ts';
import type { SystemDocument } from './spec/document.ts';
import type { Tell } from './tell.ts';

/**
 * New connections per second to one host and port. Whoever closes first keeps the port for 60 s: 28,232 of them last
 * for 470 a second, and part of that is not ours.
 */
const MOST_PER_SECOND = 300;

/** Host and port of a URL as they are written. One that cannot be read and may hold a password is nobody's door. */
const hostIn = (url: string): string | null =>
  URL.parse(url)?.host || (url.includes('@') ? null : (/^[a-z]+:\/\/([^/?#]+)/i.exec(url)?.[1] ?? url));

/** Whom a check connects to anew each time. */
const doorOf = (probe: ProbeSpec): string | null => {
  switch (probe.kind) {
    case 'http':
    case 'postgres':
      return hostIn(probe.url);
    case 'tcp':
    case 'tls':
    case 'grpc':
      return probe.address;
    case 'redis':
    case 'dns':
    case 'icmp':
    case 'heartbeat':
      return null;
  }
};

const isReset = (probe: ProbeSpec): boolean => probe.kind === 'http' && probe.close === 'reset';

type Visitors = { perSecond: number; at: Path; isHttp: boolean };

/** Probes that together ask one host for more connections a second than its ports, or ours, can serve. */
export const lintRate = (system: SystemDocument, tell: Tell): void => {
  const doors = new Map<string, Visitors>();
  system.services.forEach(({ probes }, service) =>
    probes.forEach((probe, index) => {
      const door = doorOf(probe);
      const everyMs = ms(probe.every);
      if (door === null || isReset(probe) || everyMs <= 0) return;
      const known = doors.get(door);
      const at: Path = known?.at ?? ['services', service, 'probes', index, 'every'];
      const isHttp = known?.isHttp === true || probe.kind === 'http';
      doors.set(door, { perSecond: (known?.perSecond ?? 0) + 1_000 / everyMs, at, isHttp });
    }),
  );
  for (const [door, { perSecond, at, isHttp }] of doors) {
    if (perSecond <= MOST_PER_SECOND) continue;
    const advice = isHttp ? 'check less often, or close with close: reset' : 'check less often';
    tell.warn(
      at,
      `the probes of ${door} add up to ${Math.round(perSecond)} connections a second; above ${MOST_PER_SECOND} local ports run out: ${advice}`,
    );
  }
};
