import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, renameSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlert, type Rule, type RuleGroup } from '../../src/generate/rule.ts';
import { launchPrometheus } from './prometheus.ts';

type Labels = Readonly<Record<string, string>>;
/** `at` is epoch ms. */
export type Point = readonly [at: number, value: number];
export type PastSeries = { name: string; labels: Labels; points: Iterable<Point> };
export type Line = { labels: Labels; points: readonly Point[] };

/** A real Prometheus that lived through a past: raw series, and what its rules would have recorded of them. */
export type Past = {
  url: string;
  at(promql: string, at: number): Promise<readonly Line[]>;
  range(promql: string, from: number, to: number, stepMs: number): Promise<readonly Line[]>;
  /** GET below /api/v1, with its `data`. */
  get<T>(path: string, params?: Record<string, string>): Promise<T>;
  stop(): Promise<void>;
};

/** Groups are evaluated from `from` to `to` every `intervalMs` of theirs, counted from the epoch as Prometheus does. */
export type PastOf = {
  raw: readonly PastSeries[];
  groups?: readonly RuleGroup[];
  from: number;
  to: number;
  /** How long before `to` groups of less than a minute begin: 30 s over a month would be a lot of nothing. */
  fastFrom?: number;
};

const MOST_POINTS = 10_000;
const FLAGS = ['--storage.tsdb.retention.time=50y'];
// A rule that records nothing any more leaves a stale marker, which blocks from a text cannot hold: while rules are
// evaluated, what is older than an interval is gone.
const EVALUATING = [...FLAGS, '--query.lookback-delta=31s'];

const quoted = (value: string): string => JSON.stringify(value);

const lineOf = (name: string, labels: Labels, [at, value]: Point): string => {
  const inside = Object.entries(labels).map(([label, text]) => `${label}=${quoted(text)}`);
  return `${name}{${inside.join(',')}} ${value} ${at / 1_000}\n`;
};

const LINES_AT_ONCE = 50_000;

/** OpenMetrics, in pieces: a month of many series is more than one string holds. False when there is no sample. */
const writeText = (path: string, series: readonly PastSeries[]): boolean => {
  const file = openSync(path, 'w');
  let lines: string[] = [];
  let written = 0;
  const flush = (): void => {
    writeSync(file, lines.join(''));
    written += lines.length;
    lines = [];
  };
  for (const { name, labels, points } of series.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    for (const point of points) if (lines.push(lineOf(name, labels, point)) >= LINES_AT_ONCE) flush();
  }
  flush();
  writeSync(file, '# EOF\n');
  closeSync(file);
  return written > 0;
};

/** Series → blocks in `<folder>/data`: the fast path of promtool, one block for all. */
export const writeBlocks = (folder: string, series: readonly PastSeries[]): void => {
  const file = join(folder, 'past.om');
  if (!writeText(file, series)) return;
  const fresh = join(folder, 'fresh');
  const { status, stderr } = spawnSync(
    'promtool',
    ['tsdb', 'create-blocks-from', '--max-block-duration=2400h', 'openmetrics', file, fresh, '-q'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`promtool could not write the past: ${stderr}`);
  for (const block of readdirSync(fresh)) renameSync(join(fresh, block), join(folder, 'data', block));
  rmSync(fresh, { recursive: true });
  rmSync(file);
};

type Matrix = { result: { metric: Labels; values?: [number, string][]; value?: [number, string] }[] };

const api =
  (url: string) =>
  async <T>(path: string, params: Record<string, string> = {}): Promise<T> => {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(params).toString()}`);
    const { status, data, error } = (await response.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`${params['query'] ?? path}: ${error}`);
    return data;
  };

const linesOf = ({ result }: Matrix): Line[] =>
  result.map(({ metric, values, value }) => ({
    labels: metric,
    points: (values ?? (value ? [value] : [])).map(([at, text]) => [Math.round(at * 1_000), Number(text)] as const),
  }));

const seconds = (ms: number): string => String(ms / 1_000);

const ranged = async (
  get: ReturnType<typeof api>,
  promql: string,
  from: number,
  to: number,
  stepMs: number,
): Promise<Line[]> => {
  const found = new Map<string, { labels: Labels; points: Point[] }>();
  for (let start = from; start <= to; start += MOST_POINTS * stepMs) {
    const end = Math.min(to, start + (MOST_POINTS - 1) * stepMs);
    const params = { query: promql, start: seconds(start), end: seconds(end), step: seconds(stepMs) };
    for (const { labels, points } of linesOf(await get<Matrix>('query_range', params))) {
      const key = JSON.stringify(labels);
      const line = found.get(key) ?? { labels, points: [] };
      line.points.push(...points);
      found.set(key, line);
    }
  }
  return [...found.values()];
};

/** Rules by layer: one reads only what layers before it recorded. */
const layersOf = (groups: readonly RuleGroup[]): { rule: Rule; intervalMs: number }[][] => {
  const rules = groups.flatMap(({ rules: list, intervalMs }) => list.map((rule) => ({ rule, intervalMs })));
  const names = new Set(rules.flatMap(({ rule }) => (isAlert(rule) ? [] : [rule.record])));
  const reads = new Map(
    rules.map((entry) => [entry, [...names].filter((name) => new RegExp(`${name}(?![\\w:])`).test(entry.rule.expr))]),
  );
  const known = new Set<string>();
  const layers: { rule: Rule; intervalMs: number }[][] = [];
  let left = rules;
  while (left.length > 0) {
    const layer = left.filter((entry) => (reads.get(entry) ?? []).every((name) => known.has(name)));
    if (layer.length === 0)
      throw new Error(`rules wait for each other: ${left.map(({ rule }) => rule.expr).join('; ')}`);
    layers.push(layer);
    left = left.filter((entry) => !layer.includes(entry));
    // A name is known when the last rule that records it was evaluated.
    const pending = new Set(left.flatMap(({ rule }) => (isAlert(rule) ? [] : [rule.record])));
    for (const { rule } of layer) if (!isAlert(rule) && !pending.has(rule.record)) known.add(rule.record);
  }
  return layers;
};

/** `pending` until it was true for as long as the rule asks, in every evaluation. */
const statesOf = (points: readonly Point[], forMs: number, intervalMs: number): (readonly [string, Point[]])[] => {
  const states: [string, Point[]][] = [
    ['pending', []],
    ['firing', []],
  ];
  let since = 0;
  let last = 0;
  for (const [at] of points) {
    if (at - last > intervalMs) since = at;
    last = at;
    states[at - since >= forMs ? 1 : 0]?.[1].push([at, 1]);
  }
  return states;
};

const recordedBy = (rule: Rule, intervalMs: number, { labels, points }: Line): PastSeries[] => {
  const { __name__: _, ...rest } = labels;
  if (!isAlert(rule)) return [{ name: rule.record, labels: { ...rest, ...rule.labels }, points }];
  return statesOf(points, rule.forMs, intervalMs).map(([alertstate, when]) => ({
    name: 'ALERTS',
    labels: { ...rest, ...rule.labels, alertname: rule.alert, alertstate },
    points: when,
  }));
};

/** Writes the past and starts a Prometheus in which it happened. The rules' own text is evaluated by the real engine. */
export const startPast = async ({ raw, groups = [], from, to, fastFrom = from }: PastOf): Promise<Past> => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-past-'));
  mkdirSync(join(folder, 'data'));
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  const configuration = 'global: { scrape_interval: 1h }\n';
  try {
    writeBlocks(folder, raw);
    for (const layer of layersOf(groups)) {
      const server = await launchPrometheus(folder, configuration, EVALUATING);
      try {
        const get = api(server.url);
        const recorded: PastSeries[] = [];
        for (const { rule, intervalMs } of layer) {
          const start = Math.ceil((intervalMs < 60_000 ? fastFrom : from) / intervalMs) * intervalMs;
          const lines = await ranged(get, rule.expr, start, to, intervalMs);
          recorded.push(...lines.flatMap((line) => recordedBy(rule, intervalMs, line)));
        }
        await server.stop();
        writeBlocks(folder, recorded);
      } finally {
        await server.stop();
      }
    }
    const server = await launchPrometheus(folder, configuration, FLAGS);
    const get = api(server.url);
    return {
      url: server.url,
      at: async (promql, at) => linesOf(await get<Matrix>('query', { query: promql, time: seconds(at) })),
      range: (promql, start, end, stepMs) => ranged(get, promql, start, end, stepMs),
      get,
      stop: async () => {
        await server.stop();
        clean();
      },
    };
  } catch (error) {
    clean();
    throw error;
  }
};
