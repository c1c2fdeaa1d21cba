import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { yamlOf } from '../../src/generate/yaml.ts';

const TEXTS = [
  'plain_name',
  'nines:sli_errors:rate5m',
  '30s',
  '1h30m',
  'monitoring.coreos.com/v1',
  'yes',
  'No',
  'null',
  'NaN',
  '~',
  '1e3',
  'e5',
  '0x1f',
  '12',
  '1_000',
  '12:30:45',
  '2026-11-20',
  '',
  ' ',
  'ends with blank ',
  'key: value',
  'trailing:',
  '# no comment',
  'a # b',
  '- entry',
  '{a}',
  '[a]',
  '*alias',
  '&anchor',
  '!tag',
  '%directive',
  '@at',
  '`tick`',
  '|',
  '>-',
  "it's",
  'says "so"',
  'back\\slash',
  'two\nlines',
  'two\n\nwith a gap',
  '  indented\nfirst',
  'ends with a line\n',
  '\nbegins with one',
  'tab\tinside\nof lines',
  'bell\u0007',
  'next\u0085line',
  'line\u2028separator',
  '\ufeffmark',
  'Größe 🙂 名前',
  '---',
  '...',
];

describe('YAML', () => {
  it.each(TEXTS)('gives back %j as a value, an entry and a key', (text) => {
    expect(load(yamlOf({ key: text }))).toEqual({ key: text });
    expect(load(yamlOf([text, { deep: { deeper: [text] } }]))).toEqual([text, { deep: { deeper: [text] } }]);
    expect(load(yamlOf({ [text]: 1 }))).toEqual({ [text]: 1 });
  });

  it('keeps numbers, truth, order, and empty maps and lists, and leaves out what is not there', () => {
    const value = { b: 1, a: true, none: undefined, list: [], map: {}, nested: [{ x: 1.5, y: [{ z: 'w' }] }, {}] };
    const { none: _, ...rest } = value;
    expect(load(yamlOf(value))).toEqual(rest);
    expect(Object.keys(load(yamlOf(value)) as object)).toEqual(Object.keys(rest));
  });

  it('is as a person would write it', () => {
    expect(
      yamlOf({ rules: [{ alert: 'Slow', expr: 'a\nand b', for: '5m', labels: { said: 'a "b"', plain: 'it is' } }] }),
    ).toBe(
      [
        'rules:',
        '  - alert: Slow',
        '    expr: |-',
        '      a',
        '      and b',
        '    for: 5m',
        '    labels:',
        `      said: 'a "b"'`,
        `      plain: 'it is'`,
        '',
      ].join('\n'),
    );
  });
});
