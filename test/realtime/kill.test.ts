import { describe, expect, it } from 'vitest';
import { tellStory, type Told } from '../chaos/story.ts';

/** What people may have seen: one of everything, and at most one duplicate on Slack, which was counted. */
const fine = (told: Told): boolean => {
  const duplicates = told.roots + told.broadcasts - 2;
  return (
    told.incidents.length === 1 &&
    told.pagerduty.triggered === 1 &&
    told.pagerduty.resolved === 1 &&
    duplicates >= 0 &&
    duplicates <= Math.min(1, told.counted)
  );
};

describe.concurrent('a server that is killed with -9 in the middle of an incident', () => {
  it.each([
    ['while the API has just broken', 500],
    ['about when the page goes to Slack', 2_600],
    ['about when PagerDuty is told', 6_800],
  ])('and started again %s changes nothing that people see', { timeout: 120_000 }, async (_when, killAfterMs) => {
    expect(await tellStory(killAfterMs)).toSatisfy(fine);
  });
});
