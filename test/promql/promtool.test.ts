import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/promql/check.ts';
import { FUNCTIONS } from '../../src/promql/functions.ts';
import { quote, regexOf, selectorText } from '../../src/promql/print.ts';
import { expressions, regexes } from './generated.ts';
import { isMissing, isOther, verdicts } from './promtool.ts';

const RUN = { numRuns: 1_500, seed: 20_421 };
const why = isMissing ? ' (no promtool here)' : isOther ? ' (not promtool 2.42)' : '';

/** Where one accepts what the other refuses. */
const differences = (texts: readonly string[]): readonly object[] => {
  const unique = [...new Set(texts)].filter((text) => text.trim() !== '');
  return verdicts(unique).flatMap((promtool, at) => {
    const text = unique[at] ?? '';
    const checked = check(text, { prometheusMin: '2.42' });
    const ours = 'problem' in checked ? checked.problem.message : '';
    return (promtool === '') === (ours === '') ? [] : [{ text, promtool, ours }];
  });
};

const ARGUMENTS = { scalar: '1', vector: 'up', matrix: 'up[5m]', string: '"a"' } as const;
const TYPES = Object.values(ARGUMENTS);

/** Every function with the arguments it takes, with one more, one less, and each of another type. */
const calls = [...FUNCTIONS.values()].flatMap(({ name, takes }) => {
  const right = takes.map((type) => ARGUMENTS[type]);
  const wrong = right.flatMap((_, at) => TYPES.map((other) => right.with(at, other)));
  return [
    right,
    right.slice(1),
    right.slice(0, -1),
    [...right, 'up'],
    [...right, '"b"'],
    [...right, '1'],
    ...wrong,
  ].map((args) => `${name}(${args.join(', ')})`);
});

const OPERATORS = ['+', '^', '==', '>', 'and', 'or', 'unless', 'atan2'];
const operations = OPERATORS.flatMap((operator) =>
  [
    '',
    'bool',
    'on()',
    'on(a)',
    'ignoring(a,b)',
    'on(a) group_left',
    'on(a) group_right(a)',
    'bool on(a) group_left(b)',
  ].flatMap((matching) => TYPES.flatMap((left) => TYPES.map((right) => `${left} ${operator} ${matching} ${right}`))),
);

const OPERANDS = [
  'up',
  'up[5m]',
  '(up)',
  'sum(up)',
  '1',
  '-up',
  'up[5m:]',
  'a + up',
  'rate(up[5m])',
  '{a=""}',
  'up @ end()',
];
const POSTFIXES = [
  '[5m]',
  '[1h:]',
  '[1h:5m]',
  ' offset 5m',
  ' offset -1w',
  ' @ 5',
  ' @ -1.5',
  ' @ start()',
  ' @ inf',
  ' @ 1e30',
];
const modified = OPERANDS.flatMap((operand) =>
  POSTFIXES.flatMap((first) => ['', ...POSTFIXES].map((second) => `${operand}${first}${second} * b`)),
);

const WORDS =
  'and or unless atan2 sum topk by without on ignoring group_left group_right bool offset start end inf NaN fill step limitk x:y';
const words = WORDS.split(' ').flatMap((word) => [
  word,
  `${word}{}`,
  `${word.toUpperCase()} + 1`,
  `sum by (${word}) (up)`,
  `up{${word}="a"}`,
  `${word} offset 5m`,
  `up + ${word}`,
  `${word}(up)`,
  `a * on(${word}) b`,
  `${word} ${word} ${word}`,
  `- ${word}[5m]`,
]);

describe.skipIf(isMissing || isOther)(`promtool 2.42 and the check agree${why}`, () => {
  it('on every function, with right and with wrong arguments', () => expect(differences(calls)).toEqual([]));
  it('on every kind of operator, between all types', () => expect(differences(operations)).toEqual([]));
  it('on ranges, subqueries, offset and @ after all kinds of expressions', () =>
    expect(differences(modified)).toEqual([]));
  it('on keywords wherever a name may stand', () => expect(differences(words)).toEqual([]));
  it('on generated expressions', () => expect(differences(fc.sample(expressions, RUN))).toEqual([]), 120_000);
  it('on generated regexes', () => expect(differences(fc.sample(regexes, RUN))).toEqual([]), 120_000);

  it('on what is printed: any text as a value, a regex and a name', () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 12 }), { numRuns: 150, seed: 7 });
    const printed = [...texts, '\u0000', '\ufffd', '\ud800', 'a\r\n\u2028"\\'].flatMap((text) => [
      `up{a=${quote(text)}}`,
      selectorText('up', [{ label: 'a', operator: '=~', value: regexOf(text) }]),
    ]);
    expect(verdicts(printed).filter(Boolean)).toEqual([]);
    const names = WORDS.split(' ').filter((word) => word !== '');
    expect(verdicts(names.map((name) => selectorText(name))).filter(Boolean)).toEqual([]);
  });
});
