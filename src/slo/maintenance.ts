/** Planned work in the zone of its system. `services` are whole ids, null = all of the system. */
export type MaintenanceWindow = {
  id: string;
  because: string;
  services: readonly string[] | null;
  zone: string;
  forMs: number;
  when: { kind: 'once'; from: string } | { kind: 'weekly'; at: string; weekdays: readonly string[] };
};

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Local times of a day that could have begun a window which is still open at `now`. */
const beginningsOf = ({ when, zone, forMs }: MaintenanceWindow, now: number): number[] => {
  if (when.kind === 'once') return [Temporal.PlainDateTime.from(when.from).toZonedDateTime(zone).epochMilliseconds];
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  const days = Math.ceil(forMs / 86_400_000) + 1;
  return Array.from({ length: days + 1 }, (_, back) => today.subtract({ days: back }))
    .filter((day) => when.weekdays.includes(WEEKDAYS[day.dayOfWeek - 1] ?? ''))
    .map((day) => day.toZonedDateTime({ timeZone: zone, plainTime: when.at }).epochMilliseconds);
};

/**
 * The window that is open at `now` (epoch ms) for a service, null without one. Lengths are exact time; beginnings are
 * local, so that 02:00 stays 02:00 across daylight saving (one that is skipped begins when the clocks have moved).
 */
export const maintenanceAt = (
  windows: readonly MaintenanceWindow[],
  service: string,
  now: number,
): { id: string; because: string; until: number } | null => {
  for (const window of windows) {
    if (window.services !== null && !window.services.includes(service)) continue;
    for (const from of beginningsOf(window, now))
      if (from <= now && now < from + window.forMs)
        return { id: window.id, because: window.because, until: from + window.forMs };
  }
  return null;
};
