export const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/** The span an objective is judged over: rolling, or a calendar period in the system's time zone (weeks are ISO weeks). */
export type Window = { kind: 'rolling'; days: number } | { kind: 'calendar'; unit: CalendarUnit };

/** [from, to) in epoch ms. For a calendar window `to` is the end of the running period, in the future. */
export type Span = { from: number; to: number };
