import { isIP } from 'node:net';
import type { CheckResult, Facts, Phases } from '../../probe/probe.ts';
import { ALWAYS, INFOS, NUMBERS, PHASES, type Family } from './families.ts';
import type { ProberKind } from './module.ts';

/** What a scrape is told. Times are ms. */
export type Shown = { prober: ProberKind; result: CheckResult; success: boolean; timeoutMs: number };

type Sample = { labels: Readonly<Record<string, string>>; value: number };

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' };
const escaped = (text: string): string =>
  text.toWellFormed().replaceAll(/[\\\n"]/g, (character) => ESCAPES[character] ?? character);

const labelsText = (labels: Sample['labels']): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
};

/** 16 bytes of an IPv6 address, 4 of an IPv4 one, also of one in the clothes of the other. */
const bytesOf = (address: string): number[] => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address.replace(/%.*$/, '');
  if (isIP(plain) === 4) return plain.split('.').map(Number);
  const dotted = plain.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = dotted.split('::');
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const [before, after] = [words(head), words(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...(tail === undefined ? [] : zeros), ...after].flatMap((word) => [word >> 8, word & 255]);
};

/** FNV-1a, 32 bit, of the bytes of an address: as blackbox_exporter's `probe_ip_addr_hash`. */
export const addressHash = (address: string): number =>
  bytesOf(address).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);

const withResult = ({ facts, status, certificateExpiresAt }: CheckResult): Facts => ({
  ...(status === null ? {} : { http_status_code: status }),
  ...(certificateExpiresAt === null ? {} : { ssl_earliest_cert_expiry: certificateExpiresAt / 1_000 }),
  ...facts,
});

const seconds = (phases: Phases, names: readonly string[]): number | null => {
  const times = Object.entries(phases).filter(([phase]) => names.includes(phase));
  return times.length === 0 ? null : times.reduce((sum, [, ms]) => sum + ms, 0) / 1_000;
};

/**
 * Prometheus text 0.0.4 with the names, helps and labels of blackbox_exporter 0.28, sorted as its are. One thing is
 * different on purpose: a phase that did not happen is absent instead of 0.
 */
export const expositionOf = ({ prober, result, success, timeoutMs }: Shown): string => {
  const families: (readonly [Family, readonly Sample[]])[] = [];
  const add = (family: Family, value: number, labels: Sample['labels'] = {}): void =>
    void families.push([family, [{ labels, value }]]);
  const { address, phases } = result;
  const facts = withResult(result);

  add(ALWAYS.success, success ? 1 : 0);
  add(ALWAYS.duration, result.durationMs / 1_000);
  add(ALWAYS.timeout, timeoutMs / 1_000);
  if (prober !== 'dns' || address !== null) {
    add(ALWAYS.lookup, (phases.resolve ?? 0) / 1_000);
    add(ALWAYS.protocol, address === null ? 0 : isIP(address));
    add(ALWAYS.hash, address === null ? 0 : addressHash(address));
  }
  for (const { fact, otherwise, ...family } of NUMBERS[prober]) {
    const value = facts[fact] ?? otherwise;
    if (typeof value === 'number') add(family, value);
  }
  for (const { labels, ...family } of INFOS) {
    const texts = Object.entries(labels).map(([label, fact]) => [label, facts[fact]] as const);
    if (texts.every(([, text]) => text !== undefined))
      add(family, 1, Object.fromEntries(texts.map(([label, text]) => [label, String(text)])));
  }
  const timed = PHASES[prober];
  if (timed) {
    const samples = Object.entries(timed.phases).flatMap(([phase, names]): Sample[] => {
      // An address needs no looking up, and there this phase is always told.
      const value = seconds(phases, names) ?? (phase === 'resolve' ? 0 : null);
      return value === null ? [] : [{ labels: { phase }, value }];
    });
    if (samples.length > 0) families.push([timed, samples]);
  }
  return families
    .toSorted(([a], [b]) => (a.name < b.name ? -1 : 1))
    .map(([{ name, help }, samples]) => {
      const lines = samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}\n`).join('');
      return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines}`;
    })
    .join('');
};
