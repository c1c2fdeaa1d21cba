import { createPrometheus } from '../../client/prometheus.ts';
import { systemClock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import type { Catalog } from '../../definition/catalog.ts';
import { DAY } from '../../duration.ts';
import { NinesError } from '../../errors.ts';
import { exitCodeOf, liveCheck, type LiveReport } from '../../generate/live-check.ts';
import { planOf } from '../../generate/live/plan.ts';
import { ruleGroupsOf, selfRuleGroups } from '../../generate/rules/index.ts';
import { countPhrase, durationPhrase, measurePhrase } from '../../slo/phrase.ts';
import { askPrometheus, refused } from '../live-answers.ts';
import { print, table } from '../print.ts';
import type { Values } from '../table.ts';

const TIMEOUT = 30_000;
// What it knows of all rules can be many MiB.
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_ROWS = 10;
const MOST_DAYS = 90;

/** The address may hold a password, so that no sentence may show it. */
const addressOf = (value: string): URL => {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new NinesError('invalid_request', '--prometheus must be a URL such as http://prometheus:9090.');
  return new URL(value);
};

const daysOf = (value: Values[string]): number => {
  const text = typeof value === 'string' ? value : '7';
  if (!/^\d{1,2}$/.test(text) || Number(text) > MOST_DAYS)
    throw new NinesError('invalid_request', `--days must be a number from 0 to ${MOST_DAYS}.`);
  return Number(text);
};

/** On a terminal only. */
const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
};

export type PrometheusCheck = LiveReport & { url: string; days: number; exitCode: 0 | 1 | 2 };

/**
 * Asks a Prometheus whether it can serve the rules of a catalog. Only reads. Throws `invalid_request`, `unauthorized` or
 * `server_unreachable`.
 */
export const checkPrometheus = async (catalog: Catalog, config: Config, values: Values): Promise<PrometheusCheck> => {
  const url = addressOf(String(values['prometheus']));
  const days = daysOf(values['days']);
  const { now } = systemClock;
  const client = createPrometheus(
    {
      url: url.href,
      token: config.prometheusToken,
      tenant: null,
      headers: {},
      timeoutMs: TIMEOUT,
      userAgent: `nines/${config.version}`,
      mostBytes: MOST_BYTES,
    },
    now,
  );
  const at = now();
  const first = await client.query('vector(1)', at);
  if (!first.ok) throw refused(first.failure);
  const systems = [...catalog.systems.keys()].sort();
  const groups = [...systems.flatMap((id) => [...ruleGroupsOf(catalog, id)]), ...selfRuleGroups(catalog)];
  const plan = planOf(catalog, groups);
  const count = (done: number, all: number): void => progress(`Asked ${done} of ${all} questions`);
  const asking = askPrometheus({ client, now: at, days, progress: count }, plan).finally(() => progress(''));
  const report = liveCheck(catalog, groups, plan, await asking);
  return { url: `${url.origin}${url.pathname}`, days, exitCode: exitCodeOf(report), ...report };
};

const section = (title: string, head: readonly string[], rows: readonly (readonly string[])[]): void => {
  if (rows.length > 0) print(`\n${title}\n${table(head, rows.slice(0, MOST_ROWS))}`);
};

/** Findings first, then the dearest rules and the alerts that fire most. */
export const printPrometheusCheck = (check: PrometheusCheck): void => {
  const { url, days, findings, rules, inputs, costs, samplesPerSecond, alerts } = check;
  print(`\nPrometheus at ${url}:`);
  for (const { severity, where, text } of findings) print(`${severity}: ${where}: ${text}`);
  const count = (wanted: string): number => findings.filter(({ severity }) => severity === wanted).length;
  const series = inputs.reduce((sum, one) => sum + one.series, 0);
  const loaded = rules ? `${rules.same} of ${rules.generated} rule groups are loaded as generated; ` : '';
  const cost = costs.length > 0 ? `; the rules read ${countPhrase(samplesPerSecond)} samples a second` : '';
  print(`${loaded}${inputs.length} inputs with ${countPhrase(series)} series${cost}.`);
  section(
    'The dearest rules:',
    ['SAMPLES/S', 'SAMPLES', 'EVERY', 'SERIES', 'RULE'],
    costs
      .filter(({ samples }) => samples > 0)
      .map((one) => [
        measurePhrase(one.samplesPerSecond),
        countPhrase(one.samples),
        durationPhrase(one.intervalMs),
        String(one.series),
        one.where,
      ]),
  );
  section(
    `What would have fired most in the last ${days} days:`,
    ['TIMES', 'A DAY', 'FOR', 'JUDGED', 'ALERT'],
    alerts
      .filter(({ times }) => times > 0)
      .map(({ times, perDay, firingMs, judgedMs, where, severity }) => [
        String(times),
        measurePhrase(perDay),
        durationPhrase(firingMs),
        `${measurePhrase(judgedMs / DAY)} days`,
        `${where} (${severity})`,
      ]),
  );
  const [errors, warnings] = [count('error'), count('warning')];
  print(`\n${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`);
};
