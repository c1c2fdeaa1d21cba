import type { Catalog } from '../../definition/catalog.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../duration.ts';
import { durationPhrase } from '../../slo/phrase.ts';
import { JOBS, longestWindowDays, retentionDays } from '../prometheus.ts';
import { SLOW_INTERVAL } from '../series.ts';
import { isYoung, isYoungToCount, RANGE } from './age.ts';
import type { Finding, Told } from './finding.ts';

type Texts = Readonly<Record<string, string>>;

export type SettingsAnswers = {
  /** `/api/v1/status/runtimeinfo`: `storageRetention` is what holds, also where a file sets it. */
  runtime: Told<Texts>;
  /** `/api/v1/status/flags`. */
  flags: Told<Texts>;
  /** For how long the server has run, ms; null where it does not say. */
  ranMs: number | null;
  /** How long ago, ms, the first scrape of any job was, as far back as 10 min; null without any. */
  heldMs: number | null;
  /** How often the job `nines` was scraped in 10 min; null without such a job. */
  scrapes: number | null;
  /** How long ago the first of these was, ms. */
  scrapedMs: number | null;
  /** Series of Nines that carry `exported_service` or `exported_system`. */
  renamed: number | null;
};

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
  y: 365 * DAY,
};

/** `15d`, `1y2w`, `0s` as Prometheus writes durations (prometheus/common model.ParseDuration) → ms. */
const msOf = (text: string): number | null => {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return null;
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (ms, [, n, unit = '']) => ms + Number(n) * (UNITS[unit] ?? 0),
    0,
  );
};

type Retention = { ms: number | null; size: string | null };

/** `15d`, `15d or 5GiB`, `5GiB`. */
const ofRuntime = (text: string | undefined): Retention | null => {
  if (!text) return null;
  const parts = text.split(' or ');
  const [time] = parts.flatMap((part) => msOf(part) ?? []);
  return { ms: time ?? null, size: parts.find((part) => msOf(part) === null) ?? null };
};

/** Without either flag Prometheus keeps 15 days; with a size alone there is no limit of time. */
const ofFlags = (flags: Texts): Retention | null => {
  const time = flags['storage.tsdb.retention.time'];
  if (time === undefined) return null;
  const size = flags['storage.tsdb.retention.size'];
  const limit = size && size !== '0B' ? size : null;
  const ms = msOf(time) ?? 0;
  return { ms: ms > 0 ? ms : limit === null ? 15 * DAY : null, size: limit };
};

const FLAG = 'storage.tsdb.retention.time';

const retention = (catalog: Catalog, { runtime, flags }: SettingsAnswers): Finding[] => {
  const kept =
    (runtime.ok ? ofRuntime(runtime.value['storageRetention']) : null) ?? (flags.ok ? ofFlags(flags.value) : null);
  const say = (severity: Finding['severity'], text: string): Finding => ({
    severity,
    kind: 'retention',
    where: FLAG,
    text,
  });
  const longest = longestWindowDays(catalog);
  if (kept === null)
    return [
      say('warning', `The server does not say how long it keeps samples; the longest window needs ${longest} days.`),
    ];
  const found: Finding[] = [];
  if (kept.ms !== null && kept.ms < longest * DAY)
    found.push(
      say(
        'error',
        `Samples are kept for ${durationPhrase(kept.ms)}, and the longest window is ${longest} days: start Prometheus with --${FLAG}=${retentionDays(catalog)}d.`,
      ),
    );
  if (kept.size !== null)
    found.push(
      say('info', `Samples are also dropped beyond ${kept.size}: make sure that ${longest} days fit into it.`),
    );
  return found;
};

const lookBack = ({ flags }: SettingsAnswers): Finding[] => {
  const text = flags.ok ? flags.value['query.lookback-delta'] : undefined;
  const ms = text === undefined ? null : msOf(text);
  if (ms === null || ms >= SLOW_INTERVAL) return [];
  return [
    {
      severity: 'warning',
      kind: 'look-back',
      where: 'query.lookback-delta',
      text: `It is ${text}, and some rules are evaluated every ${durationPhrase(SLOW_INTERVAL)}: what they record is gone between two evaluations. Set it to ${durationPhrase(SLOW_INTERVAL)} or more.`,
    },
  ];
};

// rate() over 5 min wants four samples and one to be missed.
const SLOWEST_SCRAPE = MINUTE;

const scraping = (answers: SettingsAnswers): Finding[] => {
  const { scrapes, renamed } = answers;
  const found: Finding[] = [];
  const say = (severity: Finding['severity'], text: string, kind: Finding['kind'] = 'scrape'): void =>
    void found.push({ severity, kind, where: `job ${JOBS.nines}`, text });
  const again = `ask again in ${durationPhrase(RANGE)}`;
  if (scrapes === null) {
    if (isYoung(answers))
      say('info', `No scrape of it is known yet, and the server began only just now: ${again}.`, 'too-young');
    else say('warning', `No job ${JOBS.nines} is scraped: the rules about Nines itself select it by that name.`);
  } else if (scrapes > 0 && RANGE / scrapes > SLOWEST_SCRAPE * 1.2) {
    const every = durationPhrase(Math.round(RANGE / scrapes / SECOND) * SECOND);
    const text = `It is scraped about every ${every}: rates over 5 min need an interval of ${durationPhrase(SLOWEST_SCRAPE)} or less.`;
    if (isYoungToCount(answers))
      say(
        'info',
        `It, or the server, began only just now, so that nobody can say how often it is scraped: ${again}.`,
        'too-young',
      );
    else say('warning', text);
  }
  if (renamed !== null && renamed > 0)
    say(
      'error',
      `Its labels are renamed to exported_…, so that no rule finds them: set honor_labels: true for the job.`,
    );
  return found;
};

/** How long samples are kept, how far an instant looks back, how Nines is scraped. */
export const settingsFindings = (catalog: Catalog, answers: SettingsAnswers): Finding[] => [
  ...retention(catalog, answers),
  ...lookBack(answers),
  ...scraping(answers),
];
