import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeries, type Series } from '../../src/metrics/series.ts';
import { hasPromtool, objections } from './promtool.ts';

const chunksOf = async (series: Series): Promise<string[]> => {
  const chunks: string[] = [];
  for await (const chunk of series.write()) chunks.push(chunk);
  return chunks;
};
const textOf = async (series: Series): Promise<string> => (await chunksOf(series)).join('');

/** Reads one label value back as the text format defines it. */
const unescaped = (value: string): string =>
  value.replaceAll(/\\([\\n"])/g, (_, character: string) => (character === 'n' ? '\n' : character));

// Lone surrogates included, and what the format escapes more often than chance would.
const anyString = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0x22, 0x5c, 0x0a, 0x0d, 0x6e)), {
    maxLength: 40,
  })
  .map((units) => String.fromCharCode(...units));

describe('the writer of many series', () => {
  it('writes help, type and one line per series', async () => {
    const series = createSeries();
    const burn = series.gauge('nines_burn_rate', 'How fast.\nBackslash \\.');
    burn.series({ slo: 'availability', window: '5m' }).set(88.9);
    burn.series({ slo: 'availability', window: '1h' }).set(0);
    series.counter('nines_sli_events_total', 'Events.').series({}).set(1e21);
    expect(await textOf(series)).toBe(
      [
        '# HELP nines_burn_rate How fast.\\nBackslash \\\\.',
        '# TYPE nines_burn_rate gauge',
        'nines_burn_rate{slo="availability",window="5m"} 88.9',
        'nines_burn_rate{slo="availability",window="1h"} 0',
        '# HELP nines_sli_events_total Events.',
        '# TYPE nines_sli_events_total counter',
        'nines_sli_events_total 1e+21',
        '',
      ].join('\n'),
    );
  });

  it('gives the same labels the same series, and writes what it was last set to', async () => {
    const series = createSeries();
    const family = series.gauge('g', 'G.');
    family.series({ a: '1' }).set(1);
    family.series({ a: '1' }).set(2);
    expect(series.stats().series).toBe(1);
    expect(await textOf(series)).toContain('g{a="1"} 2\n');
  });

  it('forgets a removed series, and leaves one that took its place alone', async () => {
    const series = createSeries();
    const family = series.gauge('g', 'G.');
    const old = family.series({ a: '1' });
    old.remove();
    expect(await textOf(series)).toBe('');
    family.series({ a: '1' }).set(3);
    old.remove();
    old.set(9);
    expect(await textOf(series)).toContain('g{a="1"} 3\n');
    expect(series.stats().series).toBe(1);
  });

  it('spells the numbers that are none as Prometheus does', async () => {
    const series = createSeries();
    const family = series.gauge('g', 'G.');
    family.series({ n: 'a' }).set(Number.NaN);
    family.series({ n: 'b' }).set(Infinity);
    family.series({ n: 'c' }).set(-Infinity);
    expect(await textOf(series)).toMatch(/"a"} NaN\n.*"b"} \+Inf\n.*"c"} -Inf\n/);
  });

  it('gives way after every 2,000 series, and survives a change in between', async () => {
    const series = createSeries();
    const family = series.gauge('g', 'G.');
    const handles = Array.from({ length: 5_000 }, (_, i) => family.series({ i: String(i) }));
    for (const handle of handles) handle.set(1);
    const chunks: string[] = [];
    let others = 0;
    const interval = setImmediate(function count() {
      others++;
      if (chunks.length < 3) setImmediate(count);
    });
    for await (const chunk of series.write()) {
      if (chunks.push(chunk) === 1) handles[4_999]!.remove();
    }
    clearImmediate(interval);
    expect(chunks.map((chunk) => chunk.split('\n').filter((line) => line.startsWith('g{')).length)).toEqual([
      2_000, 2_000, 999,
    ]);
    expect(others).toBeGreaterThan(0);
  });

  it('refuses series beyond its limit, counts them, and takes new ones after a removal', async () => {
    const series = createSeries(2);
    const family = series.gauge('g', 'G.');
    const first = family.series({ i: '1' });
    family.series({ i: '2' }).set(2);
    family.series({ i: '3' }).set(3);
    expect(series.stats()).toEqual({ series: 2, refused: 1 });
    expect(await textOf(series)).not.toContain('"3"');
    first.remove();
    family.series({ i: '3' }).set(3);
    expect(await textOf(series)).toContain('"3"');
  });

  it('keeps any label value on its line and readable', async () => {
    await fc.assert(
      fc.asyncProperty(anyString, async (value) => {
        const series = createSeries();
        series.gauge('g', 'G.').series({ a: value, b: 'end' }).set(1);
        const line = (await textOf(series)).split('\n')[2]!;
        const shown = /^g\{a="((?:[^"\\]|\\.)*)",b="end"\} 1$/s.exec(line)?.[1];
        expect(unescaped(shown!)).toBe(value.toWellFormed());
      }),
    );
  });

  it.skipIf(!hasPromtool)('is accepted by promtool with hostile label values', async () => {
    const series = createSeries();
    const family = series.gauge('nines_burn_rate', 'How "fast" \\ it\nburns.');
    for (const value of [
      '',
      '"',
      '\\',
      '\n',
      '\\n',
      '}',
      '{a="b"} 1',
      '🧨',
      '\u0000',
      '\r\n# TYPE x counter',
      '\ud800',
    ]) {
      family.series({ slo: value }).set(1);
    }
    expect(objections(await textOf(series))).toBe('');
  });
});
