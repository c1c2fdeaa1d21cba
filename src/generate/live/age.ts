import { MINUTE, SECOND } from '../../duration.ts';

/** Series are looked for, and scrapes counted, over so many ms: what is younger says nothing. */
export const RANGE = 10 * MINUTE;

/** Instants at which the age of a series is looked for. */
export const AGE_STEP = 30 * SECOND;

type Ages = { ranMs: number | null; heldMs: number | null; scrapedMs: number | null };

const hasJustStarted = ({ ranMs }: Ages): boolean => ranMs !== null && ranMs < RANGE;

/** What the server holds does not reach back over the range; one without any scrapes is judged by its own age. */
export const isYoung = (ages: Ages): boolean =>
  ages.heldMs === null ? hasJustStarted(ages) : isShort(ages.heldMs, RANGE);

/** The same of what comes from Nines. */
export const isYoungNines = (ages: Ages): boolean =>
  isYoung(ages) || (ages.scrapedMs !== null && isShort(ages.scrapedMs, RANGE));

/** Scrapes cannot be counted either while the server stood still. */
export const isYoungToCount = (ages: Ages): boolean => isYoungNines(ages) || hasJustStarted(ages);

/** Whether what has been there for `ms` may have begun within a range: the first instant looked at can lie a step within it. */
export const isShort = (ms: number, range: number): boolean => ms < range - AGE_STEP;
