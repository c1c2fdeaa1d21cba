import { describe, expect, it } from 'vitest';
import { check } from '../../src/promql/check.ts';
import type { Version } from '../../src/promql/functions.ts';

const typeOf = (text: string, prometheusMin: Version = '2.42'): string => {
  const checked = check(text, { prometheusMin });
  return 'type' in checked ? checked.type : checked.problem.message;
};
/** The words that a problem points at, and what it says of them. */
const problemOf = (text: string, prometheusMin: Version = '2.42'): [string, string] | undefined => {
  const checked = check(text, { prometheusMin });
  if (!('problem' in checked)) return undefined;
  const { offset, length, message } = checked.problem;
  return [text.slice(offset, offset + length), message];
};

describe('a query that Prometheus takes', () => {
  it.each([
    ['up', 'vector'],
    ['up[5m]', 'matrix'],
    ['"text"', 'string'],
    ['time() - 1', 'scalar'],
    ['1 > bool 2', 'scalar'],
    ['sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / on(job) group_left(team) up', 'vector'],
    ['rate(up[5m])[1h:1m] offset 1d', 'matrix'],
    ['a + b offset 5m * c', 'vector'],
    ['-up @ start()', 'vector'],
    ['2 ^ -1 * 3', 'scalar'],
    ['{__name__=~"job:.+"}', 'vector'],
    ['histogram_quantile(0.9, rate(x_bucket{le!=""}[5m]))', 'vector'],
    ['up # with a "comment', 'vector'],
    ['offset offset 5m and and', 'vector'],
    ['label_replace(up, "a", "$1", "b", "(.*)")', 'vector'],
  ])('%s is of type %s', (text, type) => expect(typeOf(text)).toBe(type));
});

describe('a query that Prometheus refuses', () => {
  it.each([
    ['', '', 'there is no expression: write one'],
    ['sum(rate(up[5m])', '(', 'the bracket "(" is not closed: add )'],
    ['up{job="a"', '{', 'the brace "{" is not closed: add }'],
    ['up[', '[', 'the bracket "[" is not closed: add ]'],
    ['up[]', ']', 'expected a duration after "[", such as 5m or 1h30m'],
    ['up offset', '', 'expected a duration after "offset", such as 5m or 1d'],
    ['up +', '', 'a value is missing at the end, after "+": add it'],
    ['up)', ')', '")" closes a bracket that was never opened: take it out'],
    ['up down', 'down', '"down" cannot follow "up": put an operator or a comma between them, or take one away'],
    ['up = 1', '=', '"=" stands only between { and }: compare values with =='],
    ['up{job="a}', '"a}', 'a string is not closed: add " at its end'],
    ['$job', '$', 'a variable ("$…") is not PromQL: write the value itself'],
    ['a && b', '&', '"&" is no operator: write and'],
    [
      'up[5x]',
      '5x',
      '"5x" is not a duration: write whole numbers with y, w, d, h, m, s, ms, the longest first, such as 1h30m',
    ],
    [
      'up{a="\\d"}',
      '\\d',
      '"\\d" is no escape: write a backslash as two (\\\\), or use one of \\n, \\t, \\", \\x41, \\u00e9',
    ],
    [
      'rate(up)',
      'up',
      'rate takes a range vector, and this is an instant vector: add a range such as [5m], or for a whole expression [5m:]',
    ],
    [
      'sum(up[5m])',
      'up[5m]',
      'sum takes an instant vector, and this is a range vector: take the range away, or put a function such as rate(...) around it',
    ],
    ['ratee(up[5m])', 'ratee', 'there is no function "ratee": did you mean rate?'],
    ['topk(up)', 'topk(up)', 'topk takes two values, as in topk(3, ...), and here is one'],
    ['round(up, 1, 2)', 'round(up, 1, 2)', 'round takes 1 to 2 values, and here are 3'],
    ['1 > 2', '>', 'two numbers are compared with > bool: add bool, or compare a metric'],
    ['up and 1', 'and', '"and" needs an instant vector on both sides: put vector(...) around the number'],
    ['a + bool b', 'bool', 'bool belongs to a comparison such as > or ==, not to "+": leave it away'],
    [
      'a and on(x) group_left() b',
      'group_left()',
      'group_left cannot stand after "and", which matches many to many anyway: leave it away',
    ],
    [
      'a * on(x) group_left(x) b',
      'x',
      'the label "x" stands in on(...) and in group_left(...): leave it away in one of them',
    ],
    [
      '{job=""}',
      '{job=""}',
      'this would select every series there is: add a name, or a matcher that not everything fits, such as job="api"',
    ],
    [
      '{job=~".*"}',
      '{job=~".*"}',
      'this would select every series there is: add a name, or a matcher that not everything fits, such as job="api"',
    ],
    ['up{__name__="b"}', '__name__="b"', 'the metric has a name twice, "up" and "b": leave one away'],
    [
      '(up)[5m]',
      '(up)[5m]',
      'a range such as [5m] belongs right after a selector: for the range of an expression write (...)[5m:]',
    ],
    ['up offset 1h[5m]', 'up offset 1h[5m]', 'a range stands before offset and "@": write metric[5m] offset 1h'],
    [
      'sum(up) offset 5m',
      'sum(up) offset 5m',
      'offset belongs right after a selector such as metric, metric[5m] or (...)[5m:]: move it there',
    ],
    ['up offset 1h offset 1h', 'up offset 1h offset 1h', 'offset stands here twice: leave one away'],
    ['up[0s]', '0s', 'a range has to be longer than 0: write one such as 5m'],
    [
      'up[5m][1h:]',
      'up[5m][1h:]',
      'a subquery such as [5m:] needs an instant vector before it, and this is a range vector',
    ],
    [
      'up{a=~"(?!b)"}',
      '"(?!b)"',
      'the regex of "a" does not work: RE2 has no look-ahead or look-behind such as "(?!": say it with a second matcher (!~)',
    ],
    [
      'up{a=~"(b)\\\\1"}',
      '"(b)\\\\1"',
      'the regex of "a" does not work: RE2 has no references back such as \\1: write the text out',
    ],
  ])('%s: points at %s', (text, where, message) => expect(problemOf(text)).toEqual([where, message]));

  it('is stricter than promtool 2.42 in one thing: there any letter stands for the ":" of a subquery', () => {
    expect(problemOf('up[5m x 1m]')).toEqual(['x', 'expected a duration after "5m", such as 5m or 1h30m']);
  });
});

describe('the oldest Prometheus that a query has to run on', () => {
  it.each<[string, Version, Version]>([
    ['sort_by_label(up, "a")', '2.48', '2.49'],
    ['histogram_avg(up)', '2.50', '2.51'],
    ['limitk(3, up)', '2.53', '2.54'],
    ['up > 5m', '2.53', '2.54'],
    ['up[300]', '2.53', '2.54'],
    ['up * 1_000', '2.53', '2.54'],
    ['{"a.b"}', '2.55', '3.0'],
    ['sum by ("a.b") (up)', '2.55', '3.0'],
    ['up[5m * 2]', '3.3', '3.4'],
    ['up offset -max_of(step(), 5s)', '3.3', '3.4'],
    ['ts_of_max_over_time(up[5m])', '3.4', '3.5'],
    ['rate(up[5m] anchored)', '3.6', '3.7'],
    ['a + fill(0) b', '3.9', '3.10'],
    ['a </ 5', '3.10', '3.11'],
    ['max_of(1, step())', '3.12', '3.13'],
  ])('%s is refused for %s and taken for %s', (text, before, since) => {
    expect(problemOf(text, before)?.[1]).toMatch(
      new RegExp(
        `needs Prometheus ${since.replace('.', '\\.')} or newer, and this has to run on ${before.replace('.', '\\.')}`,
      ),
    );
    expect(problemOf(text, since)).toBeUndefined();
  });

  it('takes no negative range and no offset that is longer than time, in any version', () => {
    expect(problemOf('up[-1]', '3.14')).toEqual(['-1', 'a range has to be longer than 0: write one such as 5m']);
    expect(problemOf('up offset 9.5e10', '3.14')?.[1]).toMatch('no length of time');
    expect(problemOf('up offset 0s', '3.14')).toBeUndefined();
  });

  it('says what became of a function that is gone', () => {
    expect(typeOf('holt_winters(up[5m], 0.1, 0.1)', '2.55')).toBe('vector');
    expect(problemOf('holt_winters(up[5m], 0.1, 0.1)', '3.0')).toEqual([
      'holt_winters',
      'Prometheus 3.0 and newer has no holt_winters: write double_exponential_smoothing',
    ]);
  });

  it('tells what a query needs: native histograms and features that are to be switched on', () => {
    const needsOf = (text: string) => {
      const checked = check(text, { prometheusMin: '3.14' });
      return 'needs' in checked ? checked.needs.map(({ what, isNative, flag }) => [what, isNative, flag]) : checked;
    };
    expect(needsOf('histogram_fraction(0, 0.5, rate(up[5m]))')).toEqual([['histogram_fraction', true, undefined]]);
    expect(needsOf('mad_over_time(up[5m])')).toEqual([['mad_over_time', false, 'promql-experimental-functions']]);
    expect(needsOf('info(up, {a=~".*"})')).toEqual([['info', false, 'promql-experimental-functions']]);
    expect(needsOf('rate(up[5m])')).toEqual([]);
  });
});
