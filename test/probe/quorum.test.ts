import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, type Word } from '../../src/probe/quorum.ts';

const pass = (location: string): Word => ({ location, outcome: 'pass', reason: 'ok', detail: '', degraded: false });
const fail = (location: string, detail = 'status was 503'): Word => ({
  location,
  outcome: 'fail',
  reason: 'status',
  detail,
  degraded: false,
});
const silent = (location: string): Word => ({ location, outcome: 'silent' });

const said = (words: readonly Word[], quorum = 2, mayStillSpeak = false): string => {
  const { outcome, degraded, detail } = judge(words, quorum, mayStillSpeak);
  return `${outcome}${degraded ? ', degraded' : ''}: ${detail}`;
};

describe('The word of several locations', () => {
  test.each([
    ['all pass', [pass('main'), pass('frankfurt'), pass('virginia')], 'pass: '],
    [
      'one of three sees it fail',
      [pass('main'), fail('frankfurt'), pass('virginia')],
      'pass, degraded: 1 of 3 locations sees it fail: frankfurt: status was 503',
    ],
    [
      'two of three see it fail',
      [fail('main', 'no answer within 5 s'), fail('frankfurt'), pass('virginia')],
      'fail: 2 of 3 locations see it fail: main: no answer within 5 s; frankfurt: status was 503',
    ],
    [
      'one is silent and the others differ: the silent one is neither',
      [pass('main'), fail('frankfurt'), silent('virginia')],
      'pass, degraded: 1 of 3 locations sees it fail: frankfurt: status was 503; virginia is silent',
    ],
    [
      'one is silent and the others pass',
      [pass('main'), pass('frankfurt'), silent('virginia')],
      'pass: virginia is silent',
    ],
    [
      'too few are heard for the quorum, and all of them see it fail: silence hides no outage',
      [fail('main'), silent('frankfurt'), silent('virginia')],
      'fail: 1 of 3 locations sees it fail: main: status was 503; frankfurt, virginia are silent',
    ],
    ['nobody is heard', [silent('main'), silent('frankfurt')], 'unknown: main, frankfurt are silent'],
  ])('%s', (_name, words, expected) => expect(said(words)).toBe(expected));

  test('a failure that silent locations may yet confirm is unknown until they spoke', () => {
    const words = [fail('main'), silent('frankfurt'), silent('virginia')];
    expect(said(words, 2, true)).toMatch(/^unknown: 1 of 3/);
    expect(said([fail('main'), pass('frankfurt'), pass('virginia')], 2, true)).toMatch(/^pass, degraded/);
    expect(said([fail('main'), fail('frankfurt'), silent('virginia')], 2, true)).toMatch(/^fail/);
  });

  const word = fc.constantFrom(pass, (name: string) => fail(name), silent);
  const story = fc.array(word, { minLength: 2, maxLength: 7 }).chain((words) =>
    fc.record({
      words: fc.constant(words.map((make, index) => make(`place-${index}`))),
      quorum: fc.integer({ min: 1, max: words.length }),
      mayStillSpeak: fc.boolean(),
    }),
  );
  const count = (words: readonly Word[], outcome: Word['outcome']): number =>
    words.filter((one) => one.outcome === outcome).length;

  test('fails only by a quorum, or by all that are heard when those are fewer', () => {
    fc.assert(
      fc.property(story, ({ words, quorum, mayStillSpeak }) => {
        const failing = count(words, 'fail');
        const may = failing >= quorum || (!mayStillSpeak && failing > 0 && count(words, 'pass') === 0);
        expect(judge(words, quorum, mayStillSpeak).outcome === 'fail').toBe(may);
      }),
    );
  });

  test('is healthy only by somebody who saw it pass, and never against a quorum', () => {
    fc.assert(
      fc.property(story, ({ words, quorum, mayStillSpeak }) => {
        const { outcome, degraded } = judge(words, quorum, mayStillSpeak);
        const may = count(words, 'pass') > 0 && count(words, 'fail') < quorum;
        expect(may || outcome !== 'pass').toBe(true);
        expect(degraded).toBe(outcome === 'pass' && count(words, 'fail') > 0);
      }),
    );
  });

  test('does not depend on the order of the locations, and names everybody who is silent', () => {
    fc.assert(
      fc.property(story, ({ words, quorum, mayStillSpeak }) => {
        const { outcome, detail } = judge(words, quorum, mayStillSpeak);
        expect(judge(words.toReversed(), quorum, mayStillSpeak).outcome).toBe(outcome);
        const silentOnes = words.filter((one) => one.outcome === 'silent').map(({ location }) => location);
        expect(silentOnes.filter((location) => !detail.includes(location))).toEqual([]);
      }),
    );
  });

  test('a location that falls silent makes no outage while somebody heard sees it pass', () => {
    fc.assert(
      fc.property(story, fc.nat(), ({ words, quorum }, which) => {
        const quiet = words.map((one, index) => (index === which % words.length ? silent(one.location) : one));
        const healthy = judge(words, quorum).outcome === 'pass' && count(quiet, 'pass') > 0;
        expect(healthy && judge(quiet, quorum).outcome !== 'pass').toBe(false);
      }),
    );
  });
});
