import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { world } from './subject.ts';
import { ann, bob, fourLevels, observing } from './world.ts';

const paged = (minutes = 3) => {
  const story = world();
  story.fires('availability');
  story.wait(minutes * MINUTE);
  return story;
};

describe('acknowledge', () => {
  test('stops the ladder', () => {
    const story = paged();
    story.acknowledges();
    story.wait('29m');
    expect(story.pages()).toHaveLength(1);
  });

  test('a second one is told who was first, and how long ago', () => {
    const story = paged();
    story.acknowledges(ann);
    story.wait('12s');
    expect(story.acknowledges(bob)).toEqual({
      refused: 'already-acknowledged',
      message: 'Ann acknowledged this 12s ago',
    });
    expect(story.incident().acknowledged?.by).toEqual(ann);
  });

  test('acknowledged and forgotten: the same level is paged again after 30 min, and L3 8 min later', () => {
    const story = paged();
    story.acknowledges();
    story.wait('35m');
    expect(story.pages().slice(1)).toEqual(['33m L2 paged again: Ann acknowledged 30m ago, and it still burns']);
    story.wait('3m');
    expect(story.pages().at(-1)).toBe('41m L3 paged: nobody acknowledged within 8m');
  });

  test('a click on the message of an old episode does not acknowledge the new one', () => {
    const story = paged();
    story.clears('availability');
    story.wait('5m');
    story.fires('availability');
    expect(story.acknowledges(ann, 1)).toMatchObject({ refused: 'other-episode' });
    expect(story.incident()).toMatchObject({ state: 'triggered', episode: 2 });
    expect(story.acknowledges(ann, 2)).toMatchObject({ incident: { state: 'acknowledged' } });
  });

  test('works before the first page and while everything is clear', () => {
    const early = world(observing);
    early.fires('availability');
    early.acknowledges();
    early.wait('20m');
    expect(early.pages()).toEqual([]);
    const late = paged();
    late.clears('availability');
    late.acknowledges();
    expect(late.incident().state).toBe('clearing');
    late.fires('availability');
    expect(late.incident()).toMatchObject({ state: 'acknowledged', acknowledged: { by: ann } });
  });

  test('given back: the same level is paged again', () => {
    const story = paged();
    story.acknowledges();
    story.unacknowledges();
    expect(story.pages().at(-1)).toBe('3m L2 paged again: Ann gave this back');
    expect(story.incident()).toMatchObject({ state: 'triggered', level: 2, cycle: 2, acknowledged: null });
    expect(story.unacknowledges()).toBeNull();
  });
});

describe('resolve', () => {
  test('by a person while it burns is allowed, and noted', () => {
    const story = paged();
    story.resolves();
    expect(story.log.entries.at(-1)).toMatchObject({
      kind: 'resolved',
      by: ann,
      text: 'Ann resolved this while 1 alert still burns',
    });
    story.wait('2h');
    expect(story.pages()).toHaveLength(1);
  });

  test('what is resolved cannot be acknowledged, snoozed, escalated or resolved, but takes notes', () => {
    const story = paged();
    story.resolves(bob);
    for (const answer of [story.acknowledges(), story.snoozes(HOUR), story.escalates(), story.resolves()])
      expect(answer).toEqual({ refused: 'already-resolved', message: 'This was resolved by Bob at 03:03 UTC' });
    expect(story.notes('postmortem on Monday')).toMatchObject({ entries: [{ kind: 'note', by: ann }] });
  });
});

describe('snooze', () => {
  test('sleeps until its time, then pages the same level and names who snoozed', () => {
    const story = paged();
    story.snoozes(2 * HOUR);
    story.wait('2h');
    expect(story.pages().slice(1)).toEqual(['123m L2 paged again: the snooze by Ann has ended, and it still burns']);
  });

  test('at most a day, and never into the past', () => {
    const story = paged();
    expect(story.snoozes(DAY + 1)).toMatchObject({ refused: 'too-long' });
    expect(story.snoozes(-1)).toMatchObject({ refused: 'too-long' });
    expect(story.snoozes(DAY)).toMatchObject({ incident: { state: 'snoozed' } });
  });

  test('ends when its person said, also when the alerts paused meanwhile', () => {
    const story = paged();
    story.snoozes(HOUR);
    story.clears('availability');
    story.wait('30s');
    story.fires('availability');
    story.wait(HOUR - 30_000);
    expect(story.pages()).toHaveLength(2);
  });
});

describe('escalate', () => {
  test('goes one level up at once, also from acknowledged, and L4 keeps its time', () => {
    const story = paged();
    story.acknowledges();
    story.escalates();
    story.wait('28m');
    expect(story.pages().slice(1)).toEqual([
      '3m L3 paged: Ann escalated',
      '30m L4 paged: nobody acknowledged within 30m',
    ]);
  });

  test('L4 needs a person who says that the business is at stake', () => {
    const story = world(fourLevels, 2);
    story.fires('availability');
    story.wait('12m');
    expect(story.escalates()).toMatchObject({
      refused: 'top-level',
      message: /L3 is the highest level.*L4 has to be asked for/,
    });
    story.escalates(true);
    expect(story.pages().at(-1)).toBe('12m L4 paged: Ann escalated');
    expect(story.escalates(true)).toMatchObject({ refused: 'top-level' });
  });

  test('said early, it lets the ladder reach L4 by itself', () => {
    const story = world(fourLevels, 2);
    story.fires('availability');
    story.wait('3m');
    story.escalates(true);
    story.wait('28m');
    expect(story.pages().map((page) => page.slice(0, 7))).toEqual(['2m L2 p', '3m L3 p', '30m L4 ']);
  });

  test('not while everything is clear', () => {
    const story = paged();
    story.clears('availability');
    expect(story.escalates()).toMatchObject({ refused: 'already-resolved' });
  });
});
