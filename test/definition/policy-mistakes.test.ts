import { expect, test } from 'vitest';
import { SHOP, linesOf, policiesWith } from './documents.ts';

/** A mistake, the place of the good text, what stands there instead, and every line that is said. */
type Mistake = readonly [name: string, from: string, to: string, ...said: string[]];

const IN_POLICIES: readonly Mistake[] = [
  ['levels not ascending', 'level: 3', 'level: 2', '13:20 level must be above 2, the level before it, got 2'],
  ['a level no ladder has', 'level: 3', 'level: 5', '13:20 level must be 2, 3 or 4, got 5'],
  [
    'levels not ascending in time',
    'after: 10m',
    'after: 90s',
    '13:30 after must be later than 2m, when L2 begins, got 90s',
  ],
  [
    'a channel that does not exist',
    'channels: [oncall, console]',
    'channels: [oncal, console]',
    '12:45 channel oncal does not exist; did you mean oncall?',
  ],
  [
    'a fallback that does not exist',
    'fallback: console',
    'fallback: pager',
    '17:15 channel pager does not exist; there is console, oncall',
  ],
  [
    'a channel paged twice',
    'channels: [oncall, console]',
    'channels: [oncall, oncall]',
    '12:53 channel oncall is named twice, so it would be paged twice',
  ],
  ['a recovery watched too long', 'observe: 60s', 'observe: 5m', '10:16 observe must not be longer than 1m, got 5m'],
  [
    'a ladder without levels',
    'levels:\n        - { level: 2, after: 0s, channels: [console] }',
    'levels: []',
    '15:15 warning.levels must have at least 1 entry, got an empty list',
  ],
  ['a repeat of nothing', 'observe: 60s', 'repeat: 0s', '10:15 repeat must be at least 1s, got 0s'],
  [
    'a channel id used twice',
    'id: oncall,',
    'id: console,',
    '5:11 id console is used twice in these channels',
    '12:45 channel oncall does not exist; there is console',
  ],
  [
    'a token that is none',
    '"${env:SLACK_BOT_TOKEN}"',
    '12345',
    '5:54 token must be a text, got a number; put it in quotes',
  ],
];

test.each(IN_POLICIES)('in policies, %s is told where it stands', (_name, from, to, ...said) => {
  const lines = linesOf({ 'slo/shop.yaml': SHOP, 'slo/policies.yaml': policiesWith(from, to) });
  expect(lines).toEqual(said.map((line) => `slo/policies.yaml:${line}`));
});
