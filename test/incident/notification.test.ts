import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/duration.ts';
import { messageOf } from '../../src/incident/message.ts';
import type { Policy } from '../../src/incident/policy.ts';
import { timingOf } from '../../src/incident/timing.ts';
import { world } from './subject.ts';
import { ann, fourLevels, T0, type World } from './world.ts';

const sent = (story: World, channel: string): string[] =>
  story.log.notifications.filter((n) => n.channel === channel).map(({ kind, message }) => `${kind} ${message.text}`);

const keys = (story: World, channel: string): string[] =>
  story.log.notifications.filter((n) => n.channel === channel).map(({ kind, dedupKey }) => `${kind} ${dedupKey}`);

const everyLevel = (channels: readonly string[]): Policy => ({
  ...fourLevels,
  critical: { ...fourLevels.critical, levels: fourLevels.critical.levels.map((level) => ({ ...level, channels })) },
});

describe('a thread', () => {
  test('has one root, buzzing pages, silent notes, and a root that follows', () => {
    const story = world();
    story.fires('availability');
    story.wait('2m');
    story.wait('8m');
    story.acknowledges();
    story.clears('availability');
    story.wait('1m');
    expect(sent(story, 'slack-oncall')).toEqual([
      'root L2: nobody is on this yet',
      'page L2: nobody is on this yet',
      'note L3: nobody acknowledged within 10m',
      'update L3: nobody acknowledged within 10m',
      'note Ann acknowledged',
      'update Ann acknowledged',
      'note Everything is clear; resolved at 03:11 UTC if it stays so',
      'update Everything is clear; resolved at 03:11 UTC if it stays so',
      'note Resolved: everything has been clear for 1m',
      'update Resolved: everything has been clear for 1m',
    ]);
  });

  test('stays the same after a reopening', () => {
    const story = world();
    story.fires('availability');
    story.wait('2m');
    story.resolves();
    story.wait('1m');
    story.clears('availability');
    story.fires('availability');
    expect(story.log.notifications.filter(({ kind }) => kind === 'root')).toHaveLength(1);
    expect(sent(story, 'slack-oncall').at(-2)).toMatch(/^page L2: fires again/);
    expect(sent(story, 'slack-oncall').at(-1)).toMatch(/^update/);
  });

  test('its root stands in the lane before the page, and hurries as much', () => {
    const story = world();
    story.fires('availability');
    story.wait('2m');
    expect(story.log.notifications).toMatchObject([
      { kind: 'root', lane: 'slack-oncall:I1', priority: 2, key: 'I1/slack-oncall/root' },
      { kind: 'page', lane: 'slack-oncall:I1', priority: 2, key: 'I1/1/L2/1/slack-oncall/page', dueAt: story.now() },
    ]);
  });
});

describe('an alert with a state (PagerDuty)', () => {
  test('each cycle has its own key; the key before it is resolved first', () => {
    const story = world();
    story.fires('availability');
    story.wait('10m');
    story.acknowledges();
    story.wait('30m');
    story.clears('availability');
    story.wait('1m');
    expect(keys(story, 'engineering-manager')).toEqual([
      'page nines/I1/1/engineering-manager/1',
      'acknowledge nines/I1/1/engineering-manager/1',
      'resolve nines/I1/1/engineering-manager/1',
      'page nines/I1/1/engineering-manager/2',
      'resolve nines/I1/1/engineering-manager/2',
    ]);
  });

  test('L3 and L4 are both closed at the end, and a snooze counts as taken', () => {
    const story = world();
    story.fires('availability');
    story.wait('30m');
    story.snoozes(HOUR);
    story.resolves();
    for (const channel of ['engineering-manager', 'executive'])
      expect(keys(story, channel).map((key) => key.split(' ')[0])).toEqual(['page', 'acknowledge', 'resolve']);
  });

  test('a channel that stands at several levels gets a new key at each', () => {
    const story = world(everyLevel(['engineering-manager']));
    story.fires('availability');
    story.wait('2m');
    story.wait('8m');
    expect(keys(story, 'engineering-manager')).toEqual([
      'page nines/I1/1/engineering-manager/1',
      'resolve nines/I1/1/engineering-manager/1',
      'page nines/I1/1/engineering-manager/2',
    ]);
  });

  test('a new episode has new keys', () => {
    const story = world(everyLevel(['engineering-manager']));
    story.fires('availability');
    story.wait('2m');
    story.resolves();
    story.clears('availability');
    story.fires('availability');
    expect(keys(story, 'engineering-manager').at(-1)).toBe('page nines/I1/2/engineering-manager/1');
  });
});

describe('lines', () => {
  test('get every page and note', () => {
    const story = world(everyLevel(['console']));
    story.fires('availability');
    story.wait('2m');
    story.notes('looking');
    story.resolves();
    expect(sent(story, 'console')).toEqual([
      'page L2: nobody is on this yet',
      'note Ann: looking',
      'note Ann resolved this while 1 alert still burns',
    ]);
  });
});

describe('a process that slept', () => {
  test('buzzes each channel once, with the newest page', () => {
    const story = world();
    story.fires('availability');
    story.wait('3h');
    const pages = story.log.notifications.filter(({ kind }) => kind === 'page');
    expect(pages.map(({ key }) => key)).toEqual([
      'I1/1/L2/1/slack-oncall/page',
      'I1/1/L3/1/engineering-manager/page',
      'I1/1/L4/6/executive/page',
    ]);
    story.resolves();
    expect(keys(story, 'executive')).toEqual(['page nines/I1/1/executive/6', 'resolve nines/I1/1/executive/6']);
  });
});

describe('a page that does not arrive', () => {
  const lost = (policy: Policy = fourLevels) => {
    const story = world(policy);
    story.fires('availability');
    story.wait('3m');
    return story;
  };

  test('is told to the fallback channel, once per page of the ladder, and the ladder goes on', () => {
    const story = lost();
    story.loses('slack-oncall');
    story.loses('another');
    expect(sent(story, 'console')).toEqual([
      'page L2: not delivered to slack-oncall',
      'note L2: not delivered to another (no answer)',
    ]);
    expect(story.incident()).toMatchObject({ state: 'triggered', level: 2 });
    story.wait('8m');
    expect(story.incident().level).toBe(3);
  });

  test('what the fallback opened in PagerDuty is closed with the incident, and before the same channel is paged again', () => {
    const story = lost({ ...fourLevels, fallback: 'engineering-manager' });
    story.loses('slack-oncall');
    story.wait('8m');
    story.resolves();
    expect(keys(story, 'engineering-manager')).toEqual([
      'page nines/I1/1/engineering-manager/1',
      'resolve nines/I1/1/engineering-manager/1',
      'page nines/I1/1/engineering-manager/2',
      'resolve nines/I1/1/engineering-manager/2',
    ]);
  });

  test('is no news once somebody has taken the incident', () => {
    const story = lost();
    story.acknowledges();
    story.loses('slack-oncall');
    expect(sent(story, 'console')).toEqual([]);
    expect(story.incident().state).toBe('acknowledged');
  });

  test('calls the next level when nobody was reached at all; a warning stays where it is', () => {
    const story = lost();
    story.loses('console', true);
    expect(story.incident().level).toBe(3);
    const warning = world();
    warning.fires('ticket', 'warning');
    warning.wait('3m');
    warning.loses('console', true);
    expect(warning.incident().level).toBe(2);
  });
});

describe('a message', () => {
  test('says what, how badly, since when, who has it, and what happens next', () => {
    const story = world();
    story.fires('availability');
    for (let i = 0; i < 6; i++) story.fires(`further-${i}`, 'warning');
    story.wait('2m');
    const message = story.log.notifications[0]!.message;
    expect(message).toMatchObject({
      title: 'duru-notes/api: availability burns',
      text: 'L2: nobody is on this yet',
      state: 'triggered',
      severity: 'critical',
      level: 2,
      openedAt: T0,
      moreAlerts: 2,
      budgetRemaining: 0.12,
      acknowledgedBy: null,
      next: '03:10 UTC: L3 pages engineering-manager',
      url: 'https://nines.example.org/incidents/I1',
    });
    expect(message.alerts.map(({ title }) => title)[0]).toBe('availability burns');
    expect(message.alerts).toHaveLength(5);
  });

  test('has no address without a public URL', () => {
    const story = world();
    story.fires('availability');
    const telling = {
      text: 'x',
      reason: null,
      policy: fourLevels,
      revision: 1,
      publicUrl: null,
      budgetRemaining: null,
    };
    expect(messageOf(story.incident(), telling).url).toBeNull();
  });
});

describe('how fast', () => {
  test('people acknowledged, and how long it was bad: hold times do not count', () => {
    const story = world();
    story.fires('availability');
    story.wait('3m');
    story.acknowledges(ann);
    expect(timingOf(story.incident(), story.log.entries)).toEqual({ acknowledgeMs: 3 * MINUTE, recoverMs: null });
    story.wait('4m');
    story.clears('availability');
    story.wait('5m');
    expect(timingOf(story.incident(), story.log.entries)).toEqual({ acknowledgeMs: 3 * MINUTE, recoverMs: 7 * MINUTE });
  });
});
