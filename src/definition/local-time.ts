/**
 * Epoch ms of a local time in the IANA `zone` (`2026-11-21T02:00`), or of an instant with its offset
 * (`2026-11-21T07:00Z`); null when there is no such time on any calendar. A local time that clocks skip is as much later,
 * one that comes twice is the first of the two.
 */
export const instantOf = (text: string, zone: string): number | null => {
  try {
    return /Z$|[+-]\d{2}:\d{2}$/.test(text)
      ? Temporal.Instant.from(text).epochMilliseconds
      : Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return null;
  }
};

/** The first instant of a day (`2026-11-21`) and that of the next one; null when there is no such day. */
export const dayOf = (text: string, zone: string): { from: number; to: number } | null => {
  try {
    const day = Temporal.PlainDate.from(text, { overflow: 'reject' });
    const begins = (date: Temporal.PlainDate): number => date.toZonedDateTime(zone).epochMilliseconds;
    return { from: begins(day), to: begins(day.add({ days: 1 })) };
  } catch {
    return null;
  }
};
