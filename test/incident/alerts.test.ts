import { describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/duration.ts';
import { groupOf } from '../../src/incident/group.ts';
import { world } from './subject.ts';
import { alertOf, fourLevels, mostPagesInAnHour, T0 } from './world.ts';

describe('one outage, one incident', () => {
  test('is found by system, environment and service', () => {
    expect(groupOf(alertOf('availability', 'firing', T0).identity)).toBe('duru-notes|production|api');
  });

  test('a further alert is a silent note', () => {
    const story = world();
    story.fires('availability');
    story.wait('3m');
    story.fires('latency');
    expect(story.log.notices.at(-1)).toEqual({ kind: 'changed', text: 'Also firing: latency burns' });
    expect(story.incidents).toHaveLength(1);
    expect(story.pages()).toHaveLength(1);
  });

  test('info opens nothing, and clear or stale alerts without an incident change nothing', () => {
    const story = world();
    expect(story.fires('noise', 'info')).toBeNull();
    expect(story.clears('availability')).toBeNull();
    expect(story.goesStale('availability')).toBeNull();
    expect(story.hear('availability', 'pending')).toBeNull();
  });
});

describe('a warning becomes critical', () => {
  test('the present level is paged once more, and the critical ladder runs', () => {
    const story = world();
    story.fires('ticket', 'warning');
    story.wait('5m');
    story.fires('page');
    story.fires('page-slow');
    story.wait('6m');
    expect(story.pages()).toEqual([
      '2m L2 paged: nobody is on this yet',
      '5m L2 paged again: now critical: page burns',
      '10m L3 paged: nobody acknowledged within 10m',
    ]);
    expect(story.incident()).toMatchObject({ severity: 'critical', title: 'duru-notes/api: page burns' });
  });

  test('hours later the engineer still has the time between L2 and L3', () => {
    const story = world();
    story.fires('ticket', 'warning');
    story.wait('100m');
    story.fires('page');
    story.wait('8m');
    expect(story.pages().slice(-2)).toEqual([
      '100m L2 paged again: now critical: page burns',
      '108m L3 paged: nobody acknowledged within 8m',
    ]);
  });

  test('wakes who acknowledged or snoozed the warning', () => {
    for (const verb of ['acknowledges', 'snoozes'] as const) {
      const story = world();
      story.fires('ticket', 'warning');
      story.wait('3m');
      if (verb === 'snoozes') story.snoozes(10 * MINUTE);
      else story.acknowledges();
      story.fires('page');
      expect(story.incident()).toMatchObject({ state: 'triggered', cycle: 2, acknowledged: null, snoozedUntil: null });
    }
  });

  test('a critical alert that clears leaves the incident critical: falling and rising again pages nobody', () => {
    const story = world();
    story.fires('ticket', 'warning');
    story.fires('page');
    story.wait('3m');
    for (let i = 0; i < 5; i++) {
      story.clears('page');
      story.fires('page');
    }
    expect(story.pages()).toHaveLength(1);
  });
});

describe('clear', () => {
  test('is held for a minute, then the incident is resolved by itself', () => {
    const story = world();
    story.fires('availability');
    story.fires('latency');
    story.wait('3m');
    story.clears('availability');
    expect(story.incident().state).toBe('triggered');
    story.clears('latency');
    expect(story.incident().state).toBe('clearing');
    story.wait('1m');
    expect(story.incident()).toMatchObject({
      state: 'resolved',
      nextAt: null,
      resolved: { by: null, at: T0 + 4 * MINUTE },
    });
  });

  test('fires again within the hold: the ladder goes on with the rest of its wait', () => {
    const story = world();
    story.fires('availability');
    story.wait('9m');
    story.clears('availability');
    story.wait('40s');
    story.fires('availability');
    story.wait('10m');
    expect(story.pages().at(-1)).toMatch(/^10\.66\d*m L3 paged/);
  });

  test('stale is not clear: the incident stays open and the ladder goes on', () => {
    const story = world();
    story.fires('availability');
    story.wait('3m');
    story.goesStale('availability');
    expect(story.log.notices.at(-1)).toEqual({
      kind: 'changed',
      text: 'No more data, so nobody knows: availability burns',
    });
    story.wait('28m');
    expect(story.pages()).toHaveLength(3);
    story.fires('availability');
    expect(story.pages()).toHaveLength(3);
    story.clears('availability');
    expect(story.incident().state).toBe('clearing');
  });
});

describe('fires again after it was resolved', () => {
  const resolved = (wait: string) => {
    const story = world();
    story.fires('availability');
    story.wait('3m');
    story.clears('availability');
    story.wait('1m');
    story.wait(wait);
    story.fires('availability');
    return story;
  };

  test('within 30 min: the same incident, a new episode, straight to L2', () => {
    const story = resolved('30m');
    expect(story.pages().slice(1)).toEqual(['34m L2 paged: fires again 30m after it was resolved: availability burns']);
    expect(story.incident()).toMatchObject({ id: 'I1', episode: 2, level: 2, cycle: 1, nextAt: T0 + 44 * MINUTE });
  });

  test('later: a new incident', () => {
    const story = resolved('31m');
    expect(story.incident()).toMatchObject({ id: 'I2', episode: 1, level: null });
    expect(story.incidents[0]!.state).toBe('resolved');
  });

  test('an alert that never stopped firing after a person resolved it is no news', () => {
    const story = world();
    story.fires('availability');
    story.wait('3m');
    story.resolves();
    const alert = alertOf('availability', 'firing', T0);
    expect(story.send({ id: 'again', at: T0 + 5 * MINUTE, type: 'alert', alert })).toBeNull();
    story.wait('10m');
    expect(story.clears('availability')).toMatchObject({ notices: [] });
    story.fires('availability');
    expect(story.incident().episode).toBe(2);
  });
});

describe('what a person resolved while it burns', () => {
  const burningOn = (wait: string) => {
    const story = world();
    story.fires('availability');
    story.wait('3m');
    story.resolves();
    story.wait(wait);
    story.fires('ticket', 'warning');
    story.clears('ticket', 'warning');
    return story;
  };

  test('makes a reopened incident critical, and keeps it open', () => {
    expect(burningOn('10m').incident()).toMatchObject({
      id: 'I1',
      episode: 2,
      severity: 'critical',
      state: 'triggered',
    });
  });

  test('burns on in a new incident', () => {
    expect(burningOn('40m').incident()).toMatchObject({ id: 'I2', severity: 'critical', state: 'triggered' });
  });
});

describe('flapping', () => {
  test('the fourth flip within an hour lengthens the hold to 10 min, with one note', () => {
    const story = world();
    for (let i = 0; i < 4; i++) {
      story.fires('availability');
      story.wait('30s');
      story.clears('availability');
      story.wait('30s');
    }
    expect(story.incident().nextAt).toBe(story.now() - 30 * SECOND + 10 * MINUTE);
    expect(story.log.entries.filter(({ kind }) => kind === 'flapping')).toHaveLength(1);
  });

  test('398 s on, 104 s off pages at most 12 times in any hour', () => {
    const story = world(fourLevels);
    for (let i = 0; i < 40; i++) {
      story.fires('availability');
      story.wait(398 * SECOND);
      story.clears('availability');
      story.wait(104 * SECOND);
    }
    expect(mostPagesInAnHour(story.log.entries)).toBeLessThanOrEqual(12);
  });
});
