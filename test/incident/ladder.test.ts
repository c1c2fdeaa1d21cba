import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { due } from '../../src/incident/escalation.ts';
import { world } from './subject.ts';
import { fourLevels, observing, T0 } from './world.ts';

describe('nobody acts', () => {
  test('L2 is paged at 2 min, L3 at 10 min, L4 at 30 min, and then L4 again every 30 min', () => {
    const story = world();
    story.fires('availability');
    story.wait('95m', 5 * SECOND);
    expect(story.pages()).toEqual([
      '2m L2 paged: nobody is on this yet',
      '10m L3 paged: nobody acknowledged within 10m',
      '30m L4 paged: nobody acknowledged within 30m',
      '60m L4 paged again: still open after 1h, and nobody is on it',
      '90m L4 paged again: still open after 1h30m, and nobody is on it',
    ]);
  });

  test('a service that is not business critical repeats at L3', () => {
    const story = world(fourLevels, 1);
    story.fires('availability');
    story.wait('75m');
    expect(story.pages().map((page) => page.slice(0, 12))).toEqual([
      '2m L2 paged:',
      '10m L3 paged',
      '40m L3 paged',
      '70m L3 paged',
    ]);
  });

  test('a warning stays at L2', () => {
    const story = world();
    story.fires('ticket', 'warning');
    story.wait('65m');
    expect(story.pages().map((page) => page.slice(0, 11))).toEqual(['2m L2 paged', '32m L2 page', '62m L2 page']);
  });

  test('a level without a wait is paged in the same change that opens the incident', () => {
    const [l2, ...rest] = fourLevels.critical.levels;
    const story = world({
      ...fourLevels,
      critical: { ...fourLevels.critical, levels: [{ ...l2!, afterMs: 0 }, ...rest] },
    });
    const change = story.fires('availability');
    expect(change).toMatchObject({ notices: [{ kind: 'page', level: 2, channels: ['slack-oncall'] }] });
    expect(story.incident().nextAt).toBe(T0 + 10 * MINUTE);
  });

  test('a process that slept for an hour runs every step at its own time', () => {
    const awake = world();
    const asleep = world();
    for (const story of [awake, asleep]) story.fires('availability');
    awake.wait('1h', SECOND);
    asleep.wait('1h');
    expect(asleep.log.entries).toEqual(awake.log.entries);
    expect(asleep.incident()).toEqual(awake.incident());
  });
});

describe('L1 observes the own recovery of the system', () => {
  test('clear in time: nobody is paged', () => {
    const story = world(observing);
    story.fires('availability');
    expect(story.incident()).toMatchObject({ state: 'recovering', level: 1 });
    story.wait('40s');
    story.clears('availability');
    story.wait('10m');
    expect(story.incident().state).toBe('resolved');
    expect(story.pages()).toEqual([]);
    expect(story.log.notifications).toEqual([]);
  });

  test('not clear in time: L2 is paged when its own wait is over, neither sooner nor later than without L1', () => {
    const story = world(observing);
    story.fires('availability');
    story.wait('11m');
    expect(story.pages()).toEqual([
      '2m L2 paged: no recovery within 2m',
      '10m L3 paged: nobody acknowledged within 10m',
    ]);
  });

  test('a level without a wait of its own still waits for L1', () => {
    const [l2, ...rest] = observing.critical.levels;
    const levels = [{ ...l2!, afterMs: 0 }, ...rest];
    const story = world({ ...observing, critical: { ...observing.critical, levels } });
    story.fires('availability');
    story.wait('2m');
    expect(story.pages()).toEqual(['1m L2 paged: no recovery within 1m']);
  });

  test('fires again while clearing: L1 has only the rest of its time', () => {
    const story = world(observing);
    story.fires('availability');
    story.wait('1m40s');
    story.clears('availability');
    story.wait('30s');
    story.fires('availability');
    story.wait('19s');
    expect(story.pages()).toEqual([]);
    story.wait('1s');
    expect(story.pages()).toHaveLength(1);
  });
});

describe('what is due', () => {
  test('nothing before its time, then the step', () => {
    const story = world();
    story.fires('availability');
    expect(due(story.incident(), fourLevels, T0 + 2 * MINUTE - 1)).toBeNull();
    expect(due(story.incident(), fourLevels, T0 + 2 * MINUTE)).toEqual({
      kind: 'level',
      at: T0 + 2 * MINUTE,
      level: 2,
      channels: ['slack-oncall'],
    });
  });

  test('the countdown says who is called next', () => {
    const story = world();
    story.fires('availability');
    expect(story.next()).toEqual({ at: T0 + 2 * MINUTE, text: 'L2 pages slack-oncall' });
    story.wait('2m');
    expect(story.next()).toEqual({ at: T0 + 10 * MINUTE, text: 'L3 pages engineering-manager' });
    story.acknowledges();
    expect(story.next()).toEqual({ at: T0 + 32 * MINUTE, text: 'L2 pages slack-oncall again, if it still burns' });
    story.snoozes(HOUR);
    expect(story.next()).toEqual({ at: T0 + 62 * MINUTE, text: 'the snooze ends, L2 pages slack-oncall' });
    story.clears('availability');
    expect(story.next()).toEqual({ at: T0 + 3 * MINUTE, text: 'resolved, if everything stays clear' });
    story.wait('1m');
    expect(story.next()).toBeNull();
  });
});
