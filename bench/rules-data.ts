import { DAY, HOUR, MINUTE } from '../src/duration.ts';
import type { PastSeries, Point } from '../test/real/past.ts';

/**
 * 33 days up to here, which is a whole scrape, and so far ahead that all is written by then: Prometheus appends nothing to
 * what is older than its blocks. It is taken for noon.
 */
export const TO = Math.ceil((Date.now() + 5 * MINUTE) / 30_000) * 30_000;
export const FROM = TO - 33 * DAY;
const SCRAPE = 30_000;
/** Ten minutes in which half of all requests fail, at the quietest hour. */
export const OUTAGE = { from: TO - 5 * DAY - 8 * HOUR - 30 * MINUTE, to: TO - 5 * DAY - 8 * HOUR - 20 * MINUTE };

/** Requests per second: 20 at half past three, 400 twelve hours later. */
const traffic = (at: number): number => {
  const phase = ((at - TO + 8.5 * HOUR) / DAY) * 2 * Math.PI;
  return 210 - 190 * Math.cos(phase);
};

const CODES = ['200', '201', '301', '404', '500'] as const;
const BASE_ERRORS = 0.0002;

const errorShare = (at: number): number => (at >= OUTAGE.from && at < OUTAGE.to ? 0.5 : BASE_ERRORS);

/** What a code's series counts in a second, of forty series that share its requests evenly. */
const rateOf = (code: string, at: number): number => {
  const errors = errorShare(at);
  const share = code === '500' ? errors : (1 - errors) / (CODES.length - 1);
  return (traffic(at) * share) / 40;
};

/** A counter that starts again at 0 about every three days, each instance at a time of its own. */
const counted = function* (code: string, instance: number): Generator<Point> {
  let value = 0;
  for (let at = FROM; at <= TO; at += SCRAPE) {
    if ((at - FROM + instance * 7 * HOUR) % (3 * DAY + HOUR) < SCRAPE) value = 0;
    yield [at, value];
    // The middle of the interval stands for it; fractions do not matter to a counter.
    value += (rateOf(code, at + SCRAPE / 2) * SCRAPE) / 1_000;
  }
};

/** 200 series `http_requests_total`: five codes, ten instances, four methods; forty of them are errors. */
export const requests = (): PastSeries[] =>
  CODES.flatMap((code) =>
    Array.from({ length: 10 }, (_, instance) =>
      ['GET', 'POST', 'PUT', 'DELETE'].map((method) => ({
        name: 'http_requests_total',
        labels: { job: 'api', code, instance: `i${instance}`, method },
        points: { [Symbol.iterator]: () => counted(code, instance) },
      })),
    ).flat(),
  );

/** Share of the month's budget that is spent, as it was lived: the sums of what was counted. */
export const spent = (): number => {
  let bad = 0;
  let total = 0;
  for (let at = TO - 30 * DAY; at < TO; at += SCRAPE) {
    bad += traffic(at + SCRAPE / 2) * errorShare(at + SCRAPE / 2);
    total += traffic(at + SCRAPE / 2);
  }
  return bad / total / 0.001;
};
