import { createHash } from 'node:crypto';

/**
 * One generated file. `path` is relative to the output folder, with `/`. `owner` is the id of the system whose catalog
 * it comes from, or `shared`. `chunks` are the text in pieces, made when they are asked for, so that ten thousand SLOs
 * never stand in memory at once; the same bytes every time.
 */
export type GeneratedFile = { path: string; owner: string; chunks: () => Iterable<string> };

/** Owner of what belongs to no single system. No system can have this id: `system` ids that end so are refused. */
export const SHARED = 'shared';

/** `2.42` and so on: the oldest Prometheus that must understand the output. */
export type PrometheusVersion = { major: number; minor: number };

export type GenerateOptions = {
  /** Newer fields and functions are only used from the version that knows them. */
  prometheusMin: PrometheusVersion;
  /** Plain rule files, or the same groups as `PrometheusRule` resources of the Prometheus operator. */
  target: 'prometheus' | 'prometheusrule';
};

export const DEFAULT_OPTIONS: GenerateOptions = { prometheusMin: { major: 2, minor: 42 }, target: 'prometheus' };

/** `2.42` → version; undefined for anything else. */
export const parseVersion = (text: string): PrometheusVersion | undefined => {
  const match = /^(\d{1,3})(?:\.(\d{1,3}))?(?:\.\d+)?$/.exec(text);
  return match ? { major: Number(match[1]), minor: Number(match[2] ?? 0) } : undefined;
};

export const isAtLeast = (version: PrometheusVersion, major: number, minor = 0): boolean =>
  version.major > major || (version.major === major && version.minor >= minor);

/** The whole text, where it is known to be small. */
export const textOf = (file: GeneratedFile): string => [...file.chunks()].join('');

// Characters; chunks are as small as a line.
const AT_ONCE = 262_144;

/** Bytes of a text, in pieces that are large enough to be worth a call. */
export function* piecesOf(chunks: Iterable<string>): Generator<Uint8Array> {
  let held = '';
  for (const chunk of chunks) {
    held += chunk;
    if (held.length < AT_ONCE) continue;
    yield Buffer.from(held);
    held = '';
  }
  if (held !== '') yield Buffer.from(held);
}

/** SHA-256 of the text, hex. */
export const digestOf = (file: GeneratedFile): string => {
  const hash = createHash('sha256');
  for (const piece of piecesOf(file.chunks())) hash.update(piece);
  return hash.digest('hex');
};
