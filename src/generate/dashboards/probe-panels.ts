import { METRICS } from '../../names.ts';
import { PASSED } from '../panels/colors.ts';
import type { Panel } from '../panels/panel.ts';
import { statusHistory } from '../panels/timeline.ts';
import { timeSeries } from '../panels/time-series.ts';
import { select, type Scope } from './selector.ts';

export const checksOverTime = (key: string, scope: Scope, legend = '{{service}} / {{probe}}'): Panel =>
  statusHistory({
    key,
    title: 'Checks',
    description:
      'Every probe over time. One red square is a blip; a red stretch is an outage; a gap means that nobody checked: find out why before you trust the green around it.',
    queries: [{ expr: `min by (service, probe) (${select(METRICS.probeSuccess, scope)})`, legend }],
    mappings: [PASSED],
  });

export const durations = (key: string, scope: Scope, legend = '{{service}} / {{probe}}'): Panel =>
  timeSeries({
    key,
    title: 'Duration of checks',
    description:
      'How long the checks took. A step up right after a deploy points to the deploy; a slow climb points to load or a full resource.',
    queries: [{ expr: `max by (service, probe) (${select(METRICS.probeDuration, scope)})`, legend }],
    unit: 's',
    min: 0,
  });
