import { DAY, MINUTE, formatDuration } from '../duration.ts';
import { instantOf } from './local-time.ts';
import type { Path } from './locate.ts';
import { ms } from './meaning.ts';
import type { SystemDocument } from './spec/document.ts';
import { WEEKDAYS } from '../slo/maintenance.ts';
import { idsOf, lintLeast, lintName, lintTwice } from './tell.ts';
import type { Tell } from './tell.ts';

/** Windows of planned work: of services that exist, at times that exist, and not without end. */
export const lintMaintenance = (system: SystemDocument, tell: Tell): void => {
  lintTwice(tell, ['maintenance'], system.maintenance);
  system.maintenance.forEach((window, index) => {
    const at: Path = ['maintenance', index];
    window.services?.forEach((id, place) =>
      lintName(tell, [...at, 'services', place], 'service', id, idsOf(system.services)),
    );
    lintLeast(tell, [...at, 'for'], 'for', window.for, MINUTE);
    if ('from' in window) {
      if (instantOf(window.from, system.timeZone) === null)
        tell.error([...at, 'from'], `from must be a time that exists, got ${window.from}`);
      return;
    }
    const gap = shortestGap(window.weekdays);
    if (ms(window.for) >= gap)
      tell.error(
        [...at, 'for'],
        `for must be shorter than the ${formatDuration(gap)} until it begins again, or it would never end, got ${window.for}`,
      );
  });
};

/** Least time from one beginning to the next, ms; the days of the change to summer time are not looked at. */
const shortestGap = (weekdays: readonly string[]): number => {
  const days = [...new Set(weekdays)].map((day) => WEEKDAYS.indexOf(day)).toSorted((a, b) => a - b);
  const first = days[0] ?? 0;
  const gaps = days.map((day, index) => (days[index + 1] ?? first + WEEKDAYS.length) - day);
  return Math.min(...gaps) * DAY;
};
