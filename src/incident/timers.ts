import { formatDuration } from '../duration.ts';
import { close, page, type Draft } from './draft.ts';
import { due, levelAbove, presentLevel, type Step } from './escalation.ts';
import type { Incident, PageReason } from './incident.ts';
import { relapse } from './proof.ts';
import type { Policy } from './policy.ts';
import type { TimelineEntry } from './timeline.ts';

type Paging = Extract<Step, { level: unknown }>;

const whyLevel = (incident: Incident, policy: Policy, step: Paging): string => {
  const open = step.at - incident.episodeAt;
  if (incident.state === 'recovering') return `no recovery within ${formatDuration(open)}`;
  if ((incident.level ?? 1) < 2) return 'nobody is on this yet';
  const afterMs = levelAbove(incident, policy)?.afterMs ?? open;
  // Called late, the level below had the time between the two levels, and somebody may have had it before.
  const waited = open === afterMs ? open : afterMs - presentLevel(incident, policy).afterMs;
  return `nobody acknowledged within ${formatDuration(waited)}`;
};

const orderOf = (
  incident: Incident,
  policy: Policy,
  step: Paging,
): { reason: PageReason; kind: TimelineEntry['kind']; why: string } => {
  const who = incident.acknowledged?.by.name ?? 'somebody';
  const ago = formatDuration(step.at - (incident.acknowledged?.at ?? incident.changedAt));
  switch (step.kind) {
    case 'level': {
      const reason = (incident.level ?? 1) < 2 ? 'first' : 'no-acknowledgement';
      return { reason, kind: 'level-reached', why: whyLevel(incident, policy, step) };
    }
    case 'repeat':
      return {
        reason: 'repeat',
        kind: 'page-repeated',
        why: `still open after ${formatDuration(step.at - incident.episodeAt)}, and nobody is on it`,
      };
    case 'acknowledge-timeout':
      return {
        reason: 'acknowledge-timeout',
        kind: 'acknowledge-timeout',
        why: `${who} acknowledged ${ago} ago, and it still burns`,
      };
    case 'snooze-end':
      return {
        reason: 'snooze-ended',
        kind: 'snooze-ended',
        why: `the snooze by ${who} has ended, and it still burns`,
      };
  }
};

const run = (draft: Draft, policy: Policy, step: Step): void => {
  const { incident } = draft;
  if (step.kind === 'resolve') {
    close(
      draft,
      step.at,
      null,
      `Resolved: everything has been clear for ${formatDuration(step.at - incident.changedAt)}`,
    );
    return;
  }
  if (step.kind === 'unproved') {
    relapse(draft, step.at, 'The alert has not reset in time: the recovery is not believed any more');
    return;
  }
  const order = orderOf(incident, policy, step);
  if (step.kind === 'acknowledge-timeout')
    draft.notices.push({ kind: 'unacknowledged', reason: order.why, text: order.why });
  page(draft, policy, { at: step.at, level: step.level, channels: step.channels, ...order });
};

/**
 * Runs every timer that is due at `now`, in order and each at its own time, so that neither the tick period nor a
 * pause of the process changes what happens.
 */
export const runDue = (draft: Draft, policy: Policy, now: number): void => {
  for (let step = due(draft.incident, policy, now); step; step = due(draft.incident, policy, now))
    run(draft, policy, step);
};
