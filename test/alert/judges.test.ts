import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterWord,
  isLeased,
  jointStatus,
  judgesPhrase,
  NINES,
  withoutSilent,
  type Word,
  type Words,
} from '../../src/alert/judges.ts';

const NOW = 1_000_000;
const judge = fc.constantFrom(NINES, 'alertmanager:http://a', 'alertmanager:http://b');
const status = fc.constantFrom('firing' as const, 'stale' as const, 'clear' as const);
const word: fc.Arbitrary<Word> = fc.record({
  status,
  at: fc.integer({ min: 0, max: NOW }),
  until: fc.option(fc.integer({ min: 0, max: 2 * NOW })),
});
const said = (spoken: readonly (readonly [string, Word])[]): Words =>
  spoken.reduce<Words>((words, [who, what]) => afterWord(words, who, what), {});
const firing = (until: number | null = null): Word => ({ status: 'firing', at: 0, until });
const CLEAR: Word = { status: 'clear', at: 1, until: null };

describe('the words of judges', () => {
  it('mean the same in whatever order different judges speak', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(judge, word), { selector: ([who]) => who }),
        fc.infiniteStream(fc.nat()),
        (spoken, random) => {
          const keys = new Map(spoken.map((one) => [one, random.next().value]));
          const other = [...spoken].sort((a, b) => Number(keys.get(a)) - Number(keys.get(b)));
          expect(jointStatus(said(other), NOW)).toBe(jointStatus(said(spoken), NOW));
        },
      ),
    ));

  it('are clear only when everybody who fired has said so, and said so last', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(judge, word), { maxLength: 20 }), (spoken) => {
        const open = new Set<string>();
        for (const [who, { status: what }] of spoken)
          if (what === 'clear') open.delete(who);
          else open.add(who);
        expect(jointStatus(said(spoken), NOW) === 'clear').toBe(open.size === 0);
      }),
    ));

  it('never become clear by time alone: a lease that runs out is stale', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(judge, word), { maxLength: 20 }), fc.nat(), (spoken, later) => {
        const words = said(spoken);
        const [before, after] = [jointStatus(words, NOW), jointStatus(words, NOW + later)];
        expect(after === 'clear').toBe(before === 'clear');
        const isLapse = before === 'firing' && after === 'stale' && isLeased(words);
        expect(after === before || isLapse).toBe(true);
      }),
    ));

  it('said twice are no news', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(judge, word), { maxLength: 20 }), (spoken) => {
        const words = said(spoken);
        for (const [who, what] of Object.entries(words)) expect(afterWord(words, who, what)).toBe(words);
      }),
    ));

  it('of who never fired clear nothing', () => {
    const words = said([[NINES, firing()]]);
    expect(afterWord(words, 'alertmanager:http://a', CLEAR)).toBe(words);
    expect(afterWord({}, NINES, CLEAR)).toEqual({});
  });

  it('begin anew after all were clear, and remember until then who said so', () => {
    const over = said([
      [NINES, firing()],
      ['alertmanager:http://a', firing(NOW)],
      [NINES, CLEAR],
      ['alertmanager:http://a', CLEAR],
    ]);
    expect(Object.keys(over)).toHaveLength(2);
    expect(afterWord(over, NINES, firing())).toEqual({ [NINES]: firing() });
  });

  it('a repeated one holds for longer, and fires since it did', () => {
    const words = said([['alertmanager:http://a', { status: 'firing', at: 5, until: 100 }]]);
    expect(afterWord(words, 'alertmanager:http://a', { status: 'firing', at: 50, until: 200 })).toEqual({
      'alertmanager:http://a': { status: 'firing', at: 5, until: 200 },
    });
  });

  it('lose those whose lease ran out once a person has said that it is over', () => {
    const words = said([
      [NINES, firing()],
      ['alertmanager:http://a', firing(NOW)],
      ['alertmanager:http://b', firing(NOW + 1)],
    ]);
    expect(Object.keys(withoutSilent(words, NOW))).toEqual([NINES, 'alertmanager:http://b']);
  });

  it.each([
    [[[NINES, firing()]], null],
    [[['alertmanager:http://a', firing(NOW + 1)]], 'Fires for only Prometheus (http://a)'],
    [
      [
        [NINES, firing()],
        ['alertmanager:', firing(NOW + 1)],
      ],
      'Fires for Nines and Prometheus',
    ],
    [[['alertmanager:http://a', firing(NOW)]], 'No word any more from Prometheus (http://a)'],
    [
      [
        [NINES, firing()],
        ['alertmanager:http://a', firing(NOW + 1)],
        [NINES, CLEAR],
      ],
      'Fires for Prometheus (http://a); clear for Nines',
    ],
  ] as const)('are one line for people: %#', (spoken, line) => {
    expect(judgesPhrase(said(spoken), NOW)).toBe(line);
  });
});
