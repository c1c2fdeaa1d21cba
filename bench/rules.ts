// Our rules beside those of Sloth and Pyrra, for one SLO (99.9 %, 30 d) on 200 series with day and night and an outage
// at night: samples that Prometheus loads per second, its CPU, and how far the spent budget is off.
// npm run bench:rules   (needs prometheus and promtool; some minutes and 2 GB in the temporary folder)
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY, HOUR } from '../src/duration.ts';
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

const EXACT = 'sum(increase(http_requests_total{code="500"}[30d])) / sum(increase(http_requests_total[30d])) / 0.001';

type Sample = [at: number, text: string];
type Answer = {
  result: { metric: Record<string, string>; values?: Sample[]; value?: Sample }[];
  stats?: { samples: { totalQueryableSamples: number } };
};
/** As Prometheus says it: a scalar, which rules may be as well, is no series. */
type Said = Answer | { resultType: 'scalar'; result: Sample };

const ask = async (url: string, path: string, params: Record<string, string>): Promise<Answer> => {
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(params) });
  const { data, error } = (await response.json()) as { data: Said; error?: string };
  if (error) throw new Error(`${params['query']}: ${error}`);
  return 'resultType' in data && data.resultType === 'scalar'
    ? { ...data, result: [{ metric: {}, value: data.result }] }
    : data;
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
      return made;
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

/** So long a stretch of a live server's evaluations is asked for, one after the other. */
const STRETCH = 600;

const measure = async (url: string, pid: number, { name, groups, spent: question }: Design, exact: number) => {
  let perSecond = 0;
  for (const { rules, intervalMs } of groups)
    for (const { expr } of rules) {
      const { stats } = await ask(url, 'query', { query: expr, time: `${TO / 1e3}`, stats: 'all' });
      perSecond += (stats?.samples.totalQueryableSamples ?? 0) / (intervalMs / 1_000);
    }
  const before = cpuSeconds(pid);
  for (const { rules, intervalMs } of groups)
    for (let turn = 0; turn < STRETCH / (intervalMs / 1_000); turn++)
      for (const { expr } of rules) await ask(url, 'query', { query: expr, time: `${TO / 1e3}` });
  const cpu = (cpuSeconds(pid) - before) / STRETCH;
  const [answer] = (await ask(url, 'query', { query: question, time: `${TO / 1e3}` })).result;
  const off = Math.abs(Number(answer?.value?.[1]) - exact) * 100;
  return { name, rules: groups.flatMap(({ rules }) => rules).length, perSecond, cpu, off };
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
  await withServer(folder, async (url, pid) => {
    const [exact] = (await ask(url, 'query', { query: EXACT, time: `${TO / 1e3}` })).result;
    const truth = Number(exact?.value?.[1]);
    console.log(
      `budget spent: ${(truth * 100).toFixed(2)} % (PromQL over 30 d), ${(spent() * 100).toFixed(2)} % as lived`,
    );
    // Round by round, so that a busy machine meets all of them.
    for (let round = 1; round <= 2; round++) {
      const rows = [];
      for (const design of designs) rows.push(await measure(url, pid, design, truth));
      const [ours] = rows;
      for (const row of rows)
        console.log(
          `${row.name.padEnd(6)} ${row.rules} rules  ${row.perSecond.toFixed(0).padStart(7)} samples/s (1/${(row.perSecond / (ours?.perSecond ?? 1)).toFixed(1)})  CPU ${(row.cpu * 100).toFixed(3)} % of a core (1/${(row.cpu / (ours?.cpu ?? 1)).toFixed(1)})  budget off by ${row.off.toFixed(3)} points`,
        );
    }
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
