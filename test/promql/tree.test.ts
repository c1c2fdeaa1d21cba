import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from '../../src/promql/canonical.ts';
import { check } from '../../src/promql/check.ts';
import { parse } from '../../src/promql/parse.ts';
import { selectorsOf, walk, type Expr } from '../../src/promql/tree.ts';
import { expressions } from './generated.ts';

const exprOf = (text: string): Expr => {
  const parsed = parse(text);
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return parsed.expr;
};
/** The tree in brackets: what holds what. */
const shape = (expr: Expr, text: string): string => {
  if (expr.kind === 'binary') return `(${shape(expr.left, text)} ${expr.operator} ${shape(expr.right, text)})`;
  if (expr.kind === 'unary') return `(${expr.operator}${shape(expr.of, text)})`;
  return text.slice(expr.from, expr.to);
};

describe('the tree of an expression', () => {
  it.each([
    ['a + b * c', '(a + (b * c))'],
    ['a - b - c', '((a - b) - c)'],
    ['a ^ b ^ c', '(a ^ (b ^ c))'],
    ['-a ^ b', '(-(a ^ b))'],
    ['-a * b', '((-a) * b)'],
    ['a ^ -b * c', '((a ^ (-b)) * c)'],
    ['a or b and c > d', '(a or (b and (c > d)))'],
    ['a unless b and c', '((a unless b) and c)'],
    ['a + b offset 5m * c', '(a + (b offset 5m * c))'],
    ['a * b[5m:] + c @ 5', '((a * b[5m:]) + c @ 5)'],
    ['-a[5m] offset 1m', '(-a[5m] offset 1m)'],
    ['a atan2 b * c', '((a atan2 b) * c)'],
    ['(a + b) * c', '((a + b) * c)'],
  ])('%s binds as %s', (text, bound) => expect(shape(exprOf(text), text)).toBe(bound));

  it('walks over every expression, each before its parts', () => {
    expect([...walk(exprOf('sum(rate(a[5m])) / 2'))].map(({ kind }) => kind)).toEqual([
      'binary',
      'aggregate',
      'call',
      'range',
      'selector',
      'number',
    ]);
  });

  it('lists the selectors with their matchers, range, offset and places', () => {
    const found = selectorsOf(exprOf('rate(a{x="1\\n",y!~"z"}[5m] offset -1h) / c @ 7'));
    expect(found.map(({ range, offset, at }) => [range?.ms, offset?.ms, at])).toEqual([
      [300_000, -3_600_000, undefined],
      [undefined, undefined, 7],
    ]);
    const [first] = found;
    expect(first?.selector).toMatchObject({ name: 'a', from: 5, to: 22 });
    expect(first?.selector.matchers).toMatchObject([
      { name: 'x', operator: '=', value: '1\n', from: 7, to: 14, valueAt: { from: 9, to: 14 } },
      { name: 'y', operator: '!~', value: 'z', from: 15, to: 21 },
    ]);
  });
});

describe('one text for two ways of writing', () => {
  it.each([
    ['sum( rate(a{x="1", w!=\'2\'}[300s]) )by(j) # why', 'sum by (j) (rate(a{w!="2",x="1"}[5m]))'],
    ['a   *on(x)group_left b[1w:]offset 1d', 'a * on (x) group_left () b[7d:] offset 1d'],
    ['SUM(a) > BOOL +1.50', 'sum(a) > bool 1.5'],
    ['0x10 + Inf - -5', '16 + Inf - -5'],
    ['{__name__=~`a.b`}', '{__name__=~"a.b"}'],
  ])('%s is %s', (text, line) => {
    expect(canonical(exprOf(text), text)).toBe(line);
    expect(canonical(exprOf(line), line)).toBe(line);
  });

  it('reads back as the same expression', () => {
    fc.assert(
      fc.property(expressions, (text) => {
        const checked = check(text, { prometheusMin: '3.14' });
        if ('problem' in checked) return;
        const line = canonical(checked.expr, text);
        expect(line).not.toContain('\n');
        expect(canonical(exprOf(line), line)).toBe(line);
      }),
      { numRuns: 500 },
    );
  });
});
