import type { TimelineEntry } from '../../incident/timeline.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { icon } from './icon.ts';
import type { IconName } from './icon.ts';
import type { Tone } from './state.ts';
import { ago, stamp } from './time.ts';

const LOOKS: Record<TimelineEntry['kind'], { icon: IconName; tone: Tone }> = {
  opened: { icon: 'bell', tone: 'bad' },
  'alert-firing': { icon: 'bell', tone: 'bad' },
  'alert-clear': { icon: 'check', tone: 'good' },
  'alert-stale': { icon: 'clock', tone: 'blind' },
  'severity-raised': { icon: 'triangle', tone: 'bad' },
  'recovery-observed': { icon: 'cycle', tone: 'watch' },
  'level-reached': { icon: 'up', tone: 'watch' },
  'page-repeated': { icon: 'send', tone: 'watch' },
  acknowledged: { icon: 'person', tone: 'held' },
  'acknowledge-timeout': { icon: 'clock', tone: 'watch' },
  unacknowledged: { icon: 'person', tone: 'watch' },
  snoozed: { icon: 'moon', tone: 'held' },
  'snooze-ended': { icon: 'clock', tone: 'watch' },
  escalated: { icon: 'up', tone: 'bad' },
  note: { icon: 'note', tone: 'off' },
  clearing: { icon: 'cycle', tone: 'good' },
  'fired-again': { icon: 'bell', tone: 'bad' },
  flapping: { icon: 'cycle', tone: 'watch' },
  undelivered: { icon: 'triangle', tone: 'bad' },
  resolved: { icon: 'check', tone: 'good' },
  reopened: { icon: 'bell', tone: 'bad' },
};

const DOORS = {
  page: 'on this page',
  cli: 'on the command line',
  api: 'through the API',
  slack: 'in Slack',
  pagerduty: 'in PagerDuty',
  nines: '',
} as const;

/** What happened, newest first: at 3 a.m. the last line is the one that matters. */
export const timeline = (entries: readonly TimelineEntry[], now: number): Html =>
  html`<ol class="timeline" reversed>
    ${entries.toReversed().map((entry) => {
      const look = LOOKS[entry.kind];
      const door = entry.by ? DOORS[entry.by.door] : '';
      return html`<li class="${look.tone}">
        <span class="dot">${icon(look.icon)}</span>
        <div>
          <p class="text"><bdi>${entry.text}</bdi></p>
          <p class="meta">
            ${stamp(entry.at, now)} ·
            ${ago(entry.at, now)}${
              entry.by && entry.by.door !== 'nines' && html` · <bdi>${entry.by.name}</bdi>${door && ` ${door}`}`
            }
          </p>
        </div>
      </li>`;
    })}
  </ol>`;
