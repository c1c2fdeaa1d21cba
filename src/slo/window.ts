import { DAY } from '../duration.ts';

export const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/** The span an objective is judged over: rolling, or a calendar period in the system's time zone (weeks are ISO weeks). */
export type Window = { kind: 'rolling'; days: number } | { kind: 'calendar'; unit: CalendarUnit };

/** [from, to) in epoch ms. For a calendar window `to` is the end of the running period, in the future. */
export type Span = { from: number; to: number };

const firstDay = (date: Temporal.PlainDate, unit: CalendarUnit): Temporal.PlainDate => {
  switch (unit) {
    case 'day':
      return date;
    case 'week':
      return date.subtract({ days: date.dayOfWeek - 1 });
    case 'month':
      return date.with({ day: 1 });
    case 'quarter':
      return date.with({ day: 1, month: date.month - ((date.month - 1) % 3) });
  }
};

const LENGTH = {
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  quarter: { months: 3 },
} as const satisfies Record<CalendarUnit, Temporal.DurationLike>;

// A date without a time becomes its first instant: 01:00 where clocks skip midnight.
const dayBegins = (date: Temporal.PlainDate, zone: string): number => date.toZonedDateTime(zone).epochMilliseconds;

/**
 * Where `window` stands at `now` (epoch ms), in the IANA `zone`. Rolling: [now − days of 24 h, now). Calendar: the
 * running period, from its first instant to that of the next one. A zone that does not exist throws a RangeError.
 */
export const windowSpan = (window: Window, zone: string, now: number): Span => {
  if (window.kind === 'rolling') return { from: now - window.days * DAY, to: now };
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(now)).toZonedDateTimeISO(zone).toPlainDate();
  const first = firstDay(today, window.unit);
  return { from: dayBegins(first, zone), to: dayBegins(first.add(LENGTH[window.unit]), zone) };
};

/** Same question as `windowSpan`, asked through a memory. */
export type Spans = (window: Window, zone: string, now: number) => Span;

/** A `windowSpan` that asks Temporal once per calendar period and zone, however many objectives share them. */
export const createSpans = (): Spans => {
  const known = new Map<string, Map<CalendarUnit, Span>>();
  return (window, zone, now) => {
    if (window.kind === 'rolling') return windowSpan(window, zone, now);
    let periods = known.get(zone);
    if (periods === undefined) known.set(zone, (periods = new Map()));
    let span = periods.get(window.unit);
    if (span === undefined || now >= span.to || now < span.from) {
      span = windowSpan(window, zone, now);
      periods.set(window.unit, span);
    }
    return span;
  };
};

/** `30d`, `month`: as it is written in a definition. */
export const windowLabel = (window: Window): string => (window.kind === 'rolling' ? `${window.days}d` : window.unit);

/** Calendar days of a span: a day of 23 or 25 hours is one day. */
export const spanDays = (span: Span): number => Math.round((span.to - span.from) / DAY);

/** Days of the window that is running at `now`: 30 or 31 for a month. */
export const windowDays = (window: Window, zone: string, now: number): number =>
  window.kind === 'rolling' ? window.days : spanDays(windowSpan(window, zone, now));
