import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/promql/check.ts';
import { withStandIns } from '../../src/promql/stand-ins.ts';

describe('the variables of a dashboard', () => {
  it.each([
    'sum by ($by) (rate(a{job=~"$job",i=~"${i:regex}"}[$__rate_interval]))',
    'avg_over_time(a[$__range:$__interval])',
    'increase(a[${__range_s}s:]) / ${__range_s}',
    'topk($n, a{$filters})',
    'topk([[n]], rate(a[[[interval]]] offset $shift))',
    'rate($metric[5m]) > $threshold',
    'sum(rate(x{a="b", job="[[job]]"}[{{.window}}])) / sum(rate(y[{{ .window }}]))',
    'sum(increase(x[$window] offset 5m))',
    'up{$f} * up{job="a",$f}',
    '${aggregation}(a) by (${by:csv})',
    'a{job=$job, x="["} > $limit',
    'label_replace(a_$suffix, "a", "$1", "b", "(.*)")',
  ])('%s reads as PromQL, in the same length', (text) => {
    const standing = withStandIns(text);
    expect(standing.text).toHaveLength(text.length);

    const checked = check(standing.text, { prometheusMin: '2.42' });
    expect('problem' in checked ? checked.problem.message : checked.type).toBe('vector');
  });

  it('are named with their places', () => {
    expect(withStandIns('a{x="$job"}[${w:text}] {{.window}}').variables).toEqual([
      { from: 5, to: 9, name: 'job' },
      { from: 12, to: 21, name: 'w' },
      { from: 23, to: 34, name: 'window' },
    ]);
  });

  it('keeps a problem where it stands in the original', () => {
    const text = 'rate(a{job="$job"}[$__interval]) + ';
    const checked = check(withStandIns(`${text}foo()`).text, { prometheusMin: '2.42' });
    expect(checked).toMatchObject({ problem: { offset: text.length, length: 3 } });
  });

  it('leaves a text without variables as it is, and references of label_replace too', () => {
    const text = 'label_replace(up, "a", "$1", "b", "(.*)$")';
    expect(withStandIns(text)).toEqual({ text, variables: [] });
  });

  it('never changes the length of a text, and the check never fails on what comes out', () => {
    const pieces = 'up ( ) [ ] { } 5m "a " , = =~ offset @ + by # $x ${a:b} [[c]] {{.w}} step group_left \n'.split(' ');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (words) => {
        const text = words.join(' ');
        const standing = withStandIns(text);
        expect(standing.text).toHaveLength(text.length);
        for (const source of [text, standing.text]) {
          const checked = check(source, { prometheusMin: '3.14' });
          const { offset, length } = 'problem' in checked ? checked.problem : { offset: 0, length: 0 };
          expect(offset + length).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
