import { METRICS } from '../../names.ts';
import { LEVELS } from '../panels/colors.ts';
import type { Panel } from '../panels/panel.ts';
import { stat } from '../panels/stat.ts';
import { stateTimeline } from '../panels/timeline.ts';
import { select, type Scope } from './selector.ts';

export const levelNow = (key: string, scope: Scope): Panel =>
  stat({
    key,
    title: 'Level now',
    description:
      'How far the open incident has climbed: L1 recovers by itself, L2 on-call, L3 engineering manager, L4 executive. Acknowledge it on the page of Nines, or in the message that paged you.',
    expr: `max(${select(METRICS.incidentLevel, scope)})`,
    unit: 'none',
    steps: [[null, 'text']],
    mappings: [LEVELS],
  });

export const levelsOverTime = (key: string, scope: Scope, by: readonly string[] = ['service']): Panel =>
  stateTimeline({
    key,
    title: 'Escalation',
    description:
      'How far incidents climbed, and for how long. Much time at L2 means slow help; L3 and L4 mean that nobody acknowledged, or that it was serious.',
    queries: [
      {
        // The highest since the point before: at a week in view a level of some minutes would fall between two.
        expr: `max by (${by.join(', ')}) (max_over_time(${select(METRICS.incidentLevel, scope)}[$__rate_interval]))`,
        legend: by.map((name) => `{{${name}}}`).join(' / '),
      },
    ],
    mappings: [LEVELS],
  });
