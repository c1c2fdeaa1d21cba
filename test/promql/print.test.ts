import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/promql/check.ts';
import { durationMs, readString } from '../../src/promql/literal.ts';
import {
  durationText,
  numberText,
  quote,
  ratioText,
  regexOf,
  regexOfAny,
  selectorText,
  thresholdText,
} from '../../src/promql/print.ts';

describe('PromQL as the generators write it', () => {
  it.each([
    [14.4, 1_000, '0.0144'],
    [6, 500, '0.003'],
    [14.4, 100, '0.00144'],
    [13.44, 1, '0.00001344'],
    [3, 50_000, '0.15'],
    [1, 999_000, '0.999'],
    [1, 0, '0'],
    [1_000, 1_000, '1'],
    [0.1, 3, '0.0000003'],
  ])('writes %d × %d ppm as %s', (factor, ppm, text) => expect(thresholdText(factor, ppm)).toBe(text));

  it('writes numbers without an exponent and without the noise of floats', () => {
    expect([1e-7, 1e21, -1.5, 0.1, 1.1e-9].map(numberText)).toEqual([
      '0.0000001',
      '1000000000000000000000',
      '-1.5',
      '0.1',
      '0.0000000011',
    ]);
    expect(ratioText(999_900)).toBe('0.9999');
    expect(() => numberText(Infinity)).toThrow(RangeError);
  });

  it('writes a threshold that is the very number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 999_999 }), (cents, ppm) => {
        const [whole = '', fraction = ''] = thresholdText(cents / 100, ppm).split('.');
        expect(BigInt(whole + fraction.padEnd(8, '0'))).toBe(BigInt(cents) * BigInt(ppm));
        expect(fraction.endsWith('0')).toBe(false);
      }),
    );
  });

  it('writes durations exactly', () => {
    expect([300_000, 5_400_000, 30 * 86_400_000, 86_401_500, 90_000].map(durationText)).toEqual([
      '5m',
      '1h30m',
      '30d',
      '1d1s500ms',
      '1m30s',
    ]);
    expect(() => durationText(0)).toThrow(RangeError);
    expect(() => durationText(1.5)).toThrow(RangeError);
    fc.assert(
      fc.property(fc.integer({ min: 1 }), (ms) => {
        expect(durationMs(durationText(ms))).toBe(ms);
      }),
    );
  });

  it('quotes any text so that it reads back as the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(quote(text)).not.toMatch(/[\r\n]/);
        expect(readString(quote(text), 0)).toMatchObject({ value: text });
      }),
    );
    expect(quote('a"b\\c\nd\u0000')).toBe('"a\\"b\\\\c\\nd\\u0000"');
    expect(quote('\ud800')).toBe('"\\ufffd"');
  });

  it('writes selectors, and names of Prometheus 3 in quotes', () => {
    const matcher = { label: 'code', operator: '=~', value: '5..' } as const;
    expect(selectorText('up')).toBe('up');
    expect(selectorText('up', [matcher, { label: 'a', operator: '!=', value: '"' }])).toBe('up{code=~"5..",a!="\\""}');
    expect(selectorText(undefined, [matcher])).toBe('{code=~"5.."}');
    expect(selectorText('a.b', [matcher])).toBe('{"a.b",code=~"5.."}');
    expect(selectorText('inf')).toBe('{__name__="inf"}');
    expect(selectorText('up', [{ ...matcher, label: 'a.b' }])).toBe('up{"a.b"=~"5.."}');
    expect(() => selectorText(undefined)).toThrow(RangeError);
  });

  it('escapes a text for a regex that matches only this text', () => {
    expect(regexOfAny(['/api/v1.0', 'a|b'])).toBe('/api/v1\\.0|a\\|b');
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(new RegExp(`^(?:${regexOf(text)})$`).test(text)).toBe(true);
        const query = selectorText('up', [{ label: 'a', operator: '=~', value: regexOf(text) }]);
        expect(check(query, { prometheusMin: '2.42' })).toMatchObject({ type: 'vector' });
      }),
    );
  });
});
