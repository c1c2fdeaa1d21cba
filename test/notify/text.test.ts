import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buttonUrl, escaped, neutralised, plain } from '../../src/notify/slack/text.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(fc.constantFrom('<', '>', '&', '!here', '@channel', '🧨', '\n', '\u0000', 'a'), { maxLength: 60 })
    .map((parts) => parts.join('')),
);

const unescaped = (shown: string): string =>
  shown.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

describe('foreign text in Slack', () => {
  it('never holds markup that Slack would act on', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 80 }), (foreign, max) => {
        const shown = escaped(foreign, max);
        expect(shown).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
        expect(shown).not.toMatch(/@(?:channel|here|everyone)\b/i);
      }),
    );
  });

  it('makes no mention by cutting a longer word', () => {
    expect(escaped('@channela and more', 9)).not.toContain('@channel');
  });

  it('never is longer than allowed, and ends in … when something is missing', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 80 }), (foreign, max) => {
        for (const shown of [escaped(foreign, max), plain(foreign, max)]) {
          expect(shown.length).toBeLessThanOrEqual(max);
          expect(shown.isWellFormed()).toBe(true);
        }
        const whole = neutralised(foreign);
        const shown = unescaped(escaped(foreign, max));
        expect(shown === whole || (shown.endsWith('…') && whole.startsWith(shown.slice(0, -1)))).toBe(true);
      }),
    );
  });

  it('takes only web addresses for buttons', () => {
    expect(buttonUrl('https://runbooks.example.org/a')).toBe('https://runbooks.example.org/a');
    for (const url of ['javascript:alert(1)', 'docs/runbook.md', 'ftp://a', `https://a/${'x'.repeat(3_000)}`, null]) {
      expect(buttonUrl(url)).toBeNull();
    }
  });
});
