import type { CheckResult } from './probe.ts';

/** What one location last said of a probe; `silent` says nothing about the target, neither good nor bad. */
export type Word = { location: string } & (
  | { outcome: 'silent' }
  | ({ outcome: 'pass' | 'fail' } & Pick<CheckResult, 'reason' | 'detail' | 'degraded'>)
);

export type Verdict = Pick<CheckResult, 'outcome' | 'reason' | 'detail' | 'degraded'>;

/** Longer texts help nobody at 3 a.m. */
const MOST_TEXT = 500;

const said = (words: readonly (Word & { detail: string; reason: string })[]): string =>
  words.map(({ location, detail, reason }) => `${location}: ${detail || reason}`).join('; ');

const namesOf = (silent: readonly Word[]): string =>
  silent.length === 0
    ? ''
    : `${silent.map(({ location }) => location).join(', ')} ${silent.length === 1 ? 'is' : 'are'} silent`;

const joined = (parts: readonly string[]): string => parts.filter(Boolean).join('; ').slice(0, MOST_TEXT);

/**
 * What a probe counts as, given the word of each of its locations and how many of them must see it fail.
 *
 * Fail takes `quorum` failing locations. When fewer than that are heard at all, those that are heard decide, and all of
 * them must see it fail: a location that went silent neither makes an outage nor hides one. `mayStillSpeak` says that
 * the silent ones are only late (a backlog on its way, a start just made): then a failure that they could yet confirm is
 * unknown. Nobody heard is unknown. A pass names who failed and who is silent.
 */
export const judge = (words: readonly Word[], quorum: number, mayStillSpeak = false): Verdict => {
  const heard = words.filter((word) => word.outcome !== 'silent');
  const failing = heard.filter(({ outcome }) => outcome === 'fail');
  const silent = words.filter(({ outcome }) => outcome === 'silent');
  const [first] = failing;
  if (heard.length === 0)
    return { outcome: 'unknown', reason: 'offline', detail: joined([namesOf(silent)]), degraded: false };
  if (!first) {
    const unwell = heard.filter(({ degraded }) => degraded);
    const detail = joined([said(unwell), namesOf(silent)]);
    return { outcome: 'pass', reason: unwell[0]?.reason ?? 'ok', detail, degraded: unwell.length > 0 };
  }
  const { reason } = first;
  const count = `${failing.length} of ${words.length} locations ${failing.length === 1 ? 'sees' : 'see'} it fail`;
  const detail = joined([`${count}: ${said(failing)}`, namesOf(silent)]);
  if (failing.length >= quorum || (!mayStillSpeak && failing.length === heard.length))
    return { outcome: 'fail', reason, detail, degraded: false };
  if (mayStillSpeak && failing.length + silent.length >= quorum)
    return { outcome: 'unknown', reason, detail, degraded: false };
  return { outcome: 'pass', reason, detail, degraded: true };
};
