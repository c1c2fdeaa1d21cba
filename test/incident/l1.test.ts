import { describe, expect, test } from 'vitest';
import { world } from './subject.ts';
import { observing, type World } from './world.ts';

const samples = (story: World, recovered: boolean) =>
  story.send({ id: story.id(), at: story.now(), type: 'samples', recovered });

const proved = (): World => {
  const story = world(observing);
  story.fires('availability');
  story.wait('30s');
  samples(story, true);
  return story;
};

describe('a recovery that samples have proved', () => {
  test('waits for the alert to reset, and then for the hold', () => {
    const story = proved();
    expect(story.incident()).toMatchObject({ state: 'clearing', proved: true });
    story.wait('5m');
    expect(story.incident().state).toBe('clearing');
    story.clears('availability');
    story.wait('59s');
    expect(story.incident().state).toBe('clearing');
    story.wait('1s');
    expect(story.incident().state).toBe('resolved');
    expect(story.pages()).toEqual([]);
  });

  test('is not believed any more when the alert has not reset in 15 min, and never closes what burns', () => {
    const story = proved();
    story.wait('15m');
    expect(story.incident().state).toBe('recovering');
    story.wait('2m');
    expect(story.incident()).toMatchObject({ state: 'triggered', level: 2 });
  });

  test('is given up with the first sample that speaks against it, and the wait goes on with its rest', () => {
    const story = proved();
    const rest = story.incident().resume?.remainingMs;
    story.wait('1m');
    samples(story, false);
    expect(story.incident()).toMatchObject({ state: 'recovering', nextAt: story.now() + (rest ?? 0) });
  });

  test('is given back to whoever acknowledged meanwhile', () => {
    const story = proved();
    story.acknowledges();
    samples(story, false);
    expect(story.incident().state).toBe('acknowledged');
    story.wait('10m');
    expect(story.pages()).toEqual([]);
  });

  test('does not hear what else fires of the same outage as a second one', () => {
    const story = proved();
    story.fires('page-slow');
    expect(story.incident()).toMatchObject({ state: 'clearing', proved: true });
  });
});
