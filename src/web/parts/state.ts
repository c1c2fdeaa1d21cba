import type { IncidentState } from '../../incident/incident.ts';
import type { SloState } from '../../slo/status.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { DeliveryView, ProbeState, ResultView } from '../view.ts';
import { icon } from './icon.ts';
import type { IconName } from './icon.ts';

/** What a state means to somebody who has to act. The tone picks colours; the word and the icon stand without it. */
export type Tone = 'good' | 'watch' | 'bad' | 'held' | 'blind' | 'off';
export type Look = { word: string; icon: IconName; tone: Tone };

export const badge = ({ word, icon: name, tone }: Look): Html =>
  html`<span class="badge ${tone}">${icon(name)}${word}</span>`;

export const SLO_LOOKS: Record<SloState, Look> = {
  missed: { word: 'Missed', icon: 'octagon', tone: 'bad' },
  'at-risk': { word: 'At risk', icon: 'triangle', tone: 'watch' },
  unknown: { word: 'Unknown', icon: 'question', tone: 'blind' },
  'no-data': { word: 'No data', icon: 'dashed', tone: 'blind' },
  partial: { word: 'Partial', icon: 'half', tone: 'held' },
  ok: { word: 'On track', icon: 'check', tone: 'good' },
  'not-configured': { word: 'Not configured', icon: 'slash', tone: 'off' },
};

/** Worst first; what nobody can see stands before what is fine. */
export const SLO_ORDER = Object.keys(SLO_LOOKS) as SloState[];

export const PROBE_LOOKS: Record<ProbeState, Look> = {
  down: { word: 'Down', icon: 'octagon', tone: 'bad' },
  degraded: { word: 'Degraded', icon: 'triangle', tone: 'watch' },
  stale: { word: 'Stale', icon: 'clock', tone: 'blind' },
  'no-data': { word: 'No data', icon: 'dashed', tone: 'blind' },
  maintenance: { word: 'Maintenance', icon: 'clock', tone: 'held' },
  'not-configured': { word: 'Not configured', icon: 'slash', tone: 'off' },
  up: { word: 'Up', icon: 'check', tone: 'good' },
};

export const INCIDENT_LOOKS: Record<IncidentState, Look> = {
  triggered: { word: 'Nobody has it', icon: 'bell', tone: 'bad' },
  recovering: { word: 'Recovering', icon: 'cycle', tone: 'watch' },
  acknowledged: { word: 'Acknowledged', icon: 'person', tone: 'held' },
  snoozed: { word: 'Snoozed', icon: 'moon', tone: 'held' },
  clearing: { word: 'Clearing', icon: 'clock', tone: 'good' },
  resolved: { word: 'Resolved', icon: 'check', tone: 'good' },
};

export const ALERT_LOOKS: Record<'pending' | 'firing' | 'stale' | 'clear' | 'unknown', Look> = {
  firing: { word: 'Firing', icon: 'bell', tone: 'bad' },
  pending: { word: 'Pending', icon: 'clock', tone: 'watch' },
  stale: { word: 'Stale', icon: 'clock', tone: 'blind' },
  unknown: { word: 'Unknown', icon: 'question', tone: 'blind' },
  clear: { word: 'Clear', icon: 'check', tone: 'good' },
};

export const DELIVERY_LOOKS: Record<DeliveryView['state'], Look> = {
  sent: { word: 'Sent', icon: 'check', tone: 'good' },
  queued: { word: 'Waiting', icon: 'clock', tone: 'held' },
  sending: { word: 'Sending', icon: 'send', tone: 'held' },
  uncertain: { word: 'Uncertain', icon: 'question', tone: 'blind' },
  failed: { word: 'Failed', icon: 'octagon', tone: 'bad' },
  dead: { word: 'Given up', icon: 'octagon', tone: 'bad' },
  superseded: { word: 'Replaced', icon: 'slash', tone: 'off' },
};

export const RESULT_LOOKS: Record<ResultView['outcome'], Look> = {
  pass: { word: 'Pass', icon: 'check', tone: 'good' },
  fail: { word: 'Fail', icon: 'octagon', tone: 'bad' },
  unknown: { word: 'Unknown', icon: 'question', tone: 'blind' },
};

export const SEVERITY_LOOKS: Record<'critical' | 'warning' | 'info', Look> = {
  critical: { word: 'Critical', icon: 'octagon', tone: 'bad' },
  warning: { word: 'Warning', icon: 'triangle', tone: 'watch' },
  info: { word: 'Info', icon: 'note', tone: 'held' },
};
