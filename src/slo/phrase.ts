import { DAY, formatDuration } from '../duration.ts';

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** 183_600_000 → `2 d 3 h`. */
export const durationPhrase = (ms: number): string =>
  formatDuration(ms)
    .replace(/(\d)([a-z]+)(?=\d|$)/g, '$1 $2 ')
    .trim();

/** 12345.4 → `12,345`. */
export const countPhrase = (count: number): string =>
  // Intl is slow, and most counts need no comma.
  Math.abs(count) < 999 ? String(Math.round(count)) : COUNT.format(count);

/** Three digits that matter, whole from a thousand on: 88.888 → `88.9`, 12345.4 → `12,345`. */
export const measurePhrase = (value: number): string =>
  Math.abs(value) < 999 ? String(Number(value.toPrecision(3))) : COUNT.format(value);

/** 0.1234 → `12 %`; small shares keep a digit that matters, and what is left is never rounded up to all or away to none. */
export const sharePhrase = (share: number): string => {
  const percent = share * 100;
  const digits = Math.abs(percent) < 10 || (percent > 99 && percent < 100) ? 1 : 0;
  const scale = 10 ** digits;
  const shown = percent < 0 ? Math.floor(percent * scale) / scale : Math.trunc(percent * scale + 1e-9) / scale;
  if (percent > 0 && shown === 0) return `under ${1 / scale} %`;
  return `${TENTHS.format(shown)} %`;
};

const CLOCKS = new Map<string, Intl.DateTimeFormat>();

/** `Thu 14:20 UTC`, or `Thu, Dec 3, 14:20 UTC` when the weekday alone would be ambiguous; in the given zone. */
export const instantPhrase = (at: number, zone: string, now: number): string => {
  const far = Math.abs(at - now) >= 6 * DAY;
  const key = `${far ? 'far' : 'near'} ${zone}`;
  let clock = CLOCKS.get(key);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      ...(far ? { day: 'numeric', month: 'short' } : {}),
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    });
    CLOCKS.set(key, clock);
  }
  const part = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = far ? `${part['weekday']} ${part['day']} ${part['month']}` : part['weekday'];
  return `${day} ${part['hour']}:${part['minute']} ${part['timeZoneName']}`;
};
