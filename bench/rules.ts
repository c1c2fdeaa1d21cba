// Our rules beside those of Sloth and Pyrra, for one SLO (99.9 %, 30 d) on 200 series with day and night and an outage
// at night: samples that Prometheus loads per second, its CPU, and how far the spent budget is off.
// npm run bench:rules   (needs prometheus and promtool; some twelve minutes and 2 GB in the temporary folder)
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DAY, HOUR, MINUTE, SECOND } from '../src/duration.ts';
import { isAlert, type Rule, type RuleGroup } from '../src/generate/rule.ts';
import { RECORDED } from '../src/generate/series.ts';
import { writeBlocks, type PastSeries, type Point } from '../test/real/past.ts';
import { launchPrometheus } from '../test/real/prometheus.ts';
import { ourGroups } from './rules-ours.ts';
import { FROM, requests, spent, TO } from './rules-data.ts';
import { pyrraGroups, slothGroups } from './rules-peers.ts';

type Design = {
  name: string;
  groups: readonly RuleGroup[];
  /** Recorded series that other rules sum over, and how far back they do. */
  bases: Readonly<Record<string, number>>;
  /** Share of the budget that is spent, in its own words. */
  spent: string;
};

const OURS = '{system="bench",environment="production",service="api",slo="availability"}';

const designs: readonly Design[] = [
  {
    name: 'Nines',
    groups: ourGroups(),
    bases: {
      [RECORDED.errors('5m')]: 6 * HOUR,
      [RECORDED.total('5m')]: 6 * HOUR,
      [RECORDED.errors('15m')]: 30 * DAY,
      [RECORDED.total('15m')]: 30 * DAY,
    },
    spent: `1 - ${RECORDED.budgetRemaining}${OURS}`,
  },
  {
    name: 'Sloth',
    groups: slothGroups(),
    bases: { 'slo:sli_error:ratio_rate5m': 30 * DAY },
    spent: '1 - slo:period_error_budget_remaining:ratio',
  },
  { name: 'Pyrra', groups: pyrraGroups(), bases: {}, spent: '(1 - pyrra_availability) / 0.001' },
];

/** Rules may be scalars as well, which are told as one bare sample. */
type Said = (Answer & { resultType: 'vector' | 'matrix' }) | { resultType: 'scalar'; result: Sample };

type Row = { name: string; rules: number; perSecond: number; off: number };

const COPIES = 10;

/** The same of another SLO: whatever is named `availability` is `availability-3`. */
const copyOf = <T>(value: T, copy: number): T =>
  copy === 0
    ? value
    : (JSON.parse(JSON.stringify(value).replaceAll(/(\\?)"availability\\?"/g, `$1"availability-${copy}$1"`)) as T);

const yamlRule = (rule: Rule) => (isAlert(rule) ? { alert: rule.alert, expr: rule.expr, labels: rule.labels } : rule);

/** JSON is YAML. */
const rulesText = ({ groups }: Design): string =>
  JSON.stringify({
    groups: Array.from({ length: COPIES }, (_, copy) =>
      copyOf(groups, copy).map(({ name, intervalMs, rules }) => ({
        name: `${name}-${copy}`,
        interval: `${intervalMs / SECOND}s`,
        rules: rules.map(yamlRule),
      })),
    ).flat(),
  });

const EXACT = 'sum(increase(http_requests_total{code="500"}[30d])) / sum(increase(http_requests_total[30d])) / 0.001';

type Sample = [at: number, text: string];
type Answer = {
  result: { metric: Record<string, string>; values?: Sample[]; value?: Sample }[];
  stats?: { samples: { totalQueryableSamples: number } };
};

const ask = async (url: string, path: string, params: Record<string, string>): Promise<Answer> => {
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(params) });
  const { data, error } = (await response.json()) as { data: Said; error?: string };
  if (error) throw new Error(`${params['query']}: ${error}`);
  return data.resultType === 'scalar' ? { result: [{ metric: {}, value: data.result }] } : data;
};

const seriesOf = (rule: Rule, { result }: Answer): PastSeries[] =>
  isAlert(rule)
    ? []
    : result.map(({ metric, values, value }) => ({
        name: rule.record,
        labels: {
          ...Object.fromEntries(Object.entries(metric).filter(([name]) => name !== '__name__')),
          ...rule.labels,
        },
        points: (values ?? (value ? [value] : [])).map(([at, text]): Point => [at * 1_000, Number(text)]),
      }));

const STEPS = 9_000;

/** A rule's past, in pieces that one query answers. */
const pastOf = async (url: string, rule: Rule, from: number, intervalMs: number): Promise<PastSeries[]> => {
  const found: PastSeries[] = [];
  for (let start = from; start <= TO; start += STEPS * intervalMs) {
    const end = Math.min(TO, start + (STEPS - 1) * intervalMs);
    const params = { query: rule.expr, start: `${start / 1e3}`, end: `${end / 1e3}`, step: `${intervalMs / 1e3}` };
    found.push(...seriesOf(rule, await ask(url, 'query_range', params)));
  }
  return found;
};

const CONFIGURATION = 'global: { scrape_interval: 1h }\n';
const FLAGS = ['--storage.tsdb.retention.time=50y', '--query.max-samples=100000000'];

const withServer = async <T>(folder: string, work: (url: string, pid: number) => Promise<T>): Promise<T> => {
  const server = await launchPrometheus(folder, CONFIGURATION, FLAGS);
  try {
    return await work(server.url, server.pid);
  } finally {
    await server.stop();
  }
};

/** What rules sum over is recorded for as long as they look back, the rest at the last instant, in their order. */
const record = async (folder: string, { groups, bases }: Design): Promise<void> => {
  const rules = groups.flatMap(({ rules: list, intervalMs }) => list.map((rule) => ({ rule, intervalMs })));
  const isBase = (rule: Rule): boolean => !isAlert(rule) && rule.record in bases;
  const first = rules.filter(({ rule }) => isBase(rule));
  writeBlocks(
    folder,
    await withServer(folder, async (url) => {
      const made: PastSeries[] = [];
      for (const { rule, intervalMs } of first) {
        const back = isAlert(rule) ? 0 : (bases[rule.record] ?? 0);
        made.push(...(await pastOf(url, rule, TO - back, intervalMs)));
      }
      return Array.from({ length: COPIES }, (_, copy) =>
        made.map((series) => ({ ...series, labels: copyOf(series.labels, copy) })),
      ).flat();
    }),
  );
  // Each pass sees what the one before it recorded: as deep as our rules build upon each other.
  for (let pass = 0; pass < 4; pass++) {
    const made = await withServer(folder, async (url) => {
      const answers: PastSeries[] = [];
      for (const { rule } of rules.filter((entry) => !isBase(entry.rule)))
        answers.push(...seriesOf(rule, await ask(url, 'query', { query: rule.expr, time: `${TO / 1e3}` })));
      return answers;
    });
    if (pass === 3) return;
    writeBlocks(folder, made);
  }
};

const cpuSeconds = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

const judge = async (url: string, { name, groups, spent: question }: Design, exact: number): Promise<Row> => {
  let perSecond = 0;
  for (const { rules, intervalMs } of groups)
    for (const { expr } of rules) {
      const { stats } = await ask(url, 'query', { query: expr, time: `${TO / 1e3}`, stats: 'all' });
      perSecond += (stats?.samples.totalQueryableSamples ?? 0) / (intervalMs / 1_000);
    }
  const [answer] = (await ask(url, 'query', { query: question, time: `${TO / 1e3}` })).result;
  const off = Math.abs(Number(answer?.value?.[1]) - exact) * 100;
  return { name, rules: groups.flatMap(({ rules }) => rules).length, perSecond, off };
};

const WARM = MINUTE;
/** Every group of every design is evaluated in it. */
const LIVE = 5 * MINUTE;

/** Share of a core that live servers take which evaluate ten such SLOs each, side by side; the last of them evaluates none. */
const live = async (folder: string, all: readonly Design[]): Promise<number[]> => {
  const servers = await Promise.all(
    [...all, undefined].map(async (design, index) => {
      const own = join(folder, `live-${index}`);
      mkdirSync(own);
      execFileSync('cp', ['-al', join(folder, 'data'), join(own, 'data')]);
      writeFileSync(join(own, 'all.rules.yml'), design ? rulesText(design) : 'groups: []');
      return launchPrometheus(own, `${CONFIGURATION}rule_files: [all.rules.yml]\n`, FLAGS);
    }),
  );
  try {
    await setTimeout(WARM);
    const before = servers.map(({ pid }) => cpuSeconds(pid));
    await setTimeout(LIVE);
    return servers.map(({ pid }, index) => (cpuSeconds(pid) - (before[index] ?? 0)) / (LIVE / SECOND));
  } finally {
    await Promise.all(servers.map(({ stop }) => stop()));
  }
};

const folder = mkdtempSync(join(tmpdir(), 'nines-bench-rules-'));
mkdirSync(join(folder, 'data'));
try {
  console.log(`writing ${((200 * (TO - FROM)) / 30_000 / 1e6).toFixed(0)} million samples …`);
  writeBlocks(folder, requests());
  for (const design of designs) {
    console.log(`recording what the rules of ${design.name} sum over …`);
    await record(folder, design);
  }
  const rows = await withServer(folder, async (url) => {
    const [exact] = (await ask(url, 'query', { query: EXACT, time: `${TO / 1e3}` })).result;
    const truth = Number(exact?.value?.[1]);
    console.log(
      `budget spent: ${(truth * 100).toFixed(2)} % (PromQL over 30 d), ${(spent() * 100).toFixed(2)} % as lived`,
    );
    return Promise.all(designs.map((design) => judge(url, design, truth)));
  });
  await setTimeout(Math.max(0, TO - Date.now()));
  console.log(`${COPIES} of each in live servers, for ${(WARM + LIVE) / MINUTE} min …`);
  const shares = await live(folder, designs);
  const [ours] = rows;
  const inverse = (value: number, of: number): string => `1/${(value / of).toFixed(1)}`;
  for (const [index, { name, rules, perSecond, off }] of rows.entries()) {
    const share = shares[index] ?? 0;
    console.log(
      `${name.padEnd(6)} ${rules} rules  ${perSecond.toFixed(0).padStart(7)} samples/s (${inverse(perSecond, ours?.perSecond ?? 1)})  ` +
        `CPU of ${COPIES} ${(share * 100).toFixed(2)} % of a core (${inverse(share, shares[0] ?? 1)})  budget off by ${off.toFixed(3)} points`,
    );
  }
  console.log(`a server without rules: ${((shares.at(-1) ?? 0) * 100).toFixed(2)} % of a core`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
