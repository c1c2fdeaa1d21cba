import { LEVELS } from '../../incident/policy.ts';
import type { Ladder, Level } from '../../incident/policy.ts';
import type { TimelineEntry } from '../../incident/timeline.ts';
import { html } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import type { IncidentView } from '../view.ts';
import { icon } from './icon.ts';
import { lengthText } from './number.ts';
import { ago, stamp, until } from './time.ts';

export const LEVEL_NAMES: Record<Level, string> = { 1: 'recovery', 2: 'on-call', 3: 'manager', 4: 'executive' };

const WHO: Record<Level, string> = {
  1: 'Automated recovery',
  2: 'On-call engineer',
  3: 'Engineering manager',
  4: 'Executive',
};

type Rung = { level: Level; state: 'done' | 'here' | 'ahead' | 'off'; when: Piece; how: string };

const reachedAt = (timeline: readonly TimelineEntry[], level: Level, since: number): number | null =>
  timeline.find((entry) => entry.level === level && entry.at >= since && entry.kind !== 'note')?.at ?? null;

const how = (ladder: Ladder | null, level: Level): string | null => {
  if (!ladder) return '';
  if (level === 1) return ladder.recovery ? `watches for ${lengthText(ladder.recovery.forMs)}` : null;
  return ladder.levels.find((step) => step.level === level)?.channels.join(', ') ?? null;
};

const rung = (view: IncidentView, now: number, level: Level): Rung => {
  const { incident, policy, timeline } = view;
  const ladder = policy?.[incident.severity] ?? null;
  const by = how(ladder, level);
  const at = reachedAt(timeline, level, incident.episodeAt);
  const climbed = incident.level !== null && incident.level >= level;
  if (by === null && at === null) return { level, state: 'off', when: 'not set up', how: '' };
  if (climbed) {
    const when = at === null ? 'skipped' : html`${stamp(at, now)}, ${ago(at, now)}`;
    const isHere = incident.level === level && incident.state !== 'resolved';
    return { level, state: isHere ? 'here' : 'done', when, how: by ?? '' };
  }
  return { level, state: 'ahead', when: ahead(view, ladder, now, level), how: by ?? '' };
};

/** When a level would be reached, were nobody to act. */
const ahead = ({ incident }: IncidentView, ladder: Ladder | null, now: number, level: Level): Piece => {
  if (incident.state === 'resolved') return 'not reached';
  if (level === 4 && incident.serviceTier !== 0 && !incident.executive) return 'only when a person asks';
  const step = ladder?.levels.find((candidate) => candidate.level === level);
  const climbs = incident.state === 'triggered' || incident.state === 'recovering';
  if (!step || !climbs) return 'waits while somebody has it';
  return until(incident.episodeAt + step.afterMs, now);
};

/** L1–L4: where the ladder stands, when each step was or would be reached, and whom it calls. */
export const stepper = (view: IncidentView, now: number): Html => {
  const rungs = LEVELS.map((level) => rung(view, now, level));
  return html`<ol class="stepper" aria-label="Escalation ladder">
    ${rungs.map(
      ({ level, state, when, how }) =>
        html`<li class="${state}" ${state === 'here' ? html` aria-current="step"` : ''}>
          <span class="rung">${state === 'done' ? icon('tick') : `L${level}`}</span>
          <span class="who"><span class="unseen">L${level}, ${SAID[state]}: </span>${WHO[level]}</span>
          <span class="when">${when}</span>
          ${how && html`<span class="how"><bdi>${how}</bdi></span>`}
        </li>`,
    )}
  </ol>`;
};

const SAID = { done: 'passed', here: 'now here', ahead: 'not yet', off: 'not used' } as const;
