import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { defaultTiers } from '../../src/slo/burn-policy.ts';
import { isFolded, type Faster, type Was } from '../../src/slo/fold.ts';

const [pageFast, pageSlow, ticketFast, ticketSlow] = defaultTiers({ kind: 'rolling', days: 30 });
const NOW = Date.UTC(2026, 10, 18, 3, 0, 0);

/** Of 1,000 checks in five minutes this many failed: at 99.9 % that is the burn rate. */
const burning = (rate: number): Faster['short'] => ({ good: 1_000 - rate, total: 1_000, covered: 5 * MINUTE });
const at = (status: Was['status'], ago: number): Was => ({ status, since: NOW - ago });
const faster = (was: Was | null, status: Faster['status'], rate = 0, tier = pageFast!): Faster => ({
  tier,
  was,
  status,
  short: burning(rate),
});

/** A tier that burns, what it was, and those before it. */
type Case = [what: string, tier: typeof pageFast, was: Was | null, before: Faster[], folded: boolean];

const CASES: Case[] = [
  [
    'the faster tier clears at this moment',
    ticketSlow,
    at('firing', HOUR),
    [faster(at('firing', HOUR), 'clear')],
    true,
  ],
  [
    'it was stale and data shows that it is over',
    ticketSlow,
    at('stale', 0),
    [faster(at('stale', HOUR), 'clear')],
    true,
  ],
  ['it cleared an hour ago', ticketSlow, at('clear', HOUR), [faster(at('clear', HOUR), 'clear')], true],
  [
    'a ticket cleared, but no page tier ever fired',
    ticketSlow,
    at('firing', HOUR),
    [faster(null, 'clear'), faster(at('firing', HOUR), 'clear', 0, ticketFast)],
    false,
  ],
  ['there is no faster tier', pageFast, at('firing', HOUR), [], false],
  ['the faster tier never fired', ticketSlow, null, [faster(null, 'clear')], false],
  ['it fires', ticketSlow, at('firing', 0), [faster(at('firing', HOUR), 'firing', 20)], false],
  ['it is stale', ticketSlow, at('firing', 0), [faster(at('firing', HOUR), 'stale')], false],
  ['it has just begun to burn', ticketSlow, at('clear', HOUR), [faster(at('clear', HOUR), 'pending', 20)], false],
  [
    'nobody knows how it is, and the folding has not begun',
    ticketSlow,
    null,
    [faster(at('clear', HOUR), 'unknown')],
    false,
  ],
  [
    'nobody knows how it is, but it was folded before',
    ticketSlow,
    at('clear', HOUR),
    [faster(at('clear', HOUR), 'unknown')],
    true,
  ],
  [
    'one of two faster tiers still fires',
    ticketSlow,
    at('firing', HOUR),
    [faster(at('firing', HOUR), 'clear'), faster(at('firing', HOUR), 'firing', 0, ticketFast)],
    false,
  ],
  [
    'errors go on at its own factor, not above it',
    pageSlow,
    at('firing', 0),
    [faster(at('firing', 0), 'clear', 6)],
    true,
  ],
  ['errors go on above its own factor', pageSlow, at('firing', 0), [faster(at('firing', 0), 'clear', 7)], false],
  [
    'errors above the factor of a slower tier',
    ticketSlow,
    at('firing', 0),
    [faster(at('firing', 0), 'clear', 2)],
    false,
  ],
  ['an error after the folding began', ticketSlow, at('clear', HOUR), [faster(at('clear', HOUR), 'clear', 5)], true],
  ['errors that began after the clearing', ticketSlow, null, [faster(at('clear', HOUR), 'clear', 5)], false],
];

describe('a slower tier that burns', () => {
  it.each(CASES)('%s', (_, tier, was, before, folded) => {
    expect(isFolded(tier!, was, before, 999_000, NOW)).toBe(folded);
  });

  it('is not folded where the shortest look-back saw no traffic', () => {
    const unseen: Faster = { ...faster(at('firing', 0), 'clear'), short: { good: 0, total: 0, covered: 5 * MINUTE } };
    expect(isFolded(ticketSlow!, at('firing', 0), [unseen], 999_000, NOW)).toBe(false);
  });

  it.each([
    ['page-slow', pageSlow!, 30 * MINUTE],
    ['ticket-fast', ticketFast!, 2 * HOUR],
    ['ticket-slow', ticketSlow!, 6 * HOUR],
  ])('%s unfolds its own short look-back after the clearing', (_, tier, look) => {
    const folded = (ago: number) => isFolded(tier, at('clear', ago), [faster(at('clear', ago), 'clear')], 999_000, NOW);
    expect([folded(0), folded(look - SECOND), folded(look)]).toEqual([true, true, false]);
  });

  it('counts from the clearing of the last of the faster tiers', () => {
    const before = [faster(at('clear', 7 * HOUR), 'clear'), faster(at('clear', HOUR), 'clear', 0, pageSlow)];
    expect(isFolded(ticketSlow!, at('clear', HOUR), before, 999_000, NOW)).toBe(true);
  });
});
