import type { Change, Notice } from './incident.ts';

/** Lines about single alerts that one change sends at most; the rest are counted in one more. */
const TOLD = 5;

/** The same change, told in a few lines: the history keeps every one, people hear of a storm in a few. */
export const briefly = (change: Change): Change => {
  const lines = change.notices.filter((notice) => notice.kind === 'changed' && !notice.quiet);
  if (lines.length <= TOLD + 1) return change;
  const left = new Set<Notice>(lines.slice(TOLD));
  const text = `and ${left.size} more changes; the incident's page lists them`;
  return { ...change, notices: [...change.notices.filter((notice) => !left.has(notice)), { kind: 'changed', text }] };
};
