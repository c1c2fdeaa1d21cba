import type { Change, Notice } from './incident.ts';

/** Lines about single alerts that one change sends at most; the rest are counted in one more. */
const TOLD = 5;

const brief = (notices: readonly Notice[]): Notice[] => {
  const lines = notices.filter((notice) => notice.kind === 'changed' && !notice.quiet);
  if (lines.length <= TOLD) return [...notices];
  const left = new Set<Notice>(lines.slice(TOLD));
  const text = `and ${left.size} more changes; the incident's page lists them`;
  return [...notices.filter((notice) => !left.has(notice)), { kind: 'changed', text }];
};

/** Successive changes of one incident as one: the history keeps every line, people are told of a storm in a few. */
export const folded = (changes: readonly Change[]): Change | null => {
  const last = changes.at(-1);
  if (last === undefined || changes.length === 1) return last ?? null;
  return {
    incident: last.incident,
    entries: changes.flatMap(({ entries }) => entries),
    notices: brief(changes.flatMap(({ notices }) => notices)),
  };
};
