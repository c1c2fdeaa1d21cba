import type { Alert } from '../alert/alert.ts';
import { formatDuration } from '../duration.ts';
import { draftOf, flip, page, write, type Draft } from './draft.ts';
import { nextPageAt, presentLevel } from './escalation.ts';
import { groupOf } from './group.ts';
import { burning, type Incident, type IncidentAlert, type IncidentEvent } from './incident.ts';
import { ladderOf, type Policy } from './policy.ts';

export type AlertEvent = Extract<IncidentEvent, { type: 'alert' }>;
export type Opening = { policy: Policy; id: string; serviceTier: number };

/** `duru-notes/api: API availability burns …` */
export const titleOf = ({ identity }: Alert, title: string): string =>
  `${identity.system}/${identity.service}: ${title}`;

/** The alert as its incident keeps it. */
export const remembered = ({ alert, badAt }: AlertEvent, status: IncidentAlert['status']): IncidentAlert => {
  const { key, title, detail, severity, since, slo, runbook } = alert;
  return {
    key,
    title,
    detail,
    severity,
    status,
    since,
    slo,
    runbook,
    ...(status === 'clear' ? { badTo: badAt ?? since } : {}),
  };
};

const headline = (event: AlertEvent, alerts: readonly IncidentAlert[]) => {
  const worst = alerts.find(({ severity }) => severity === 'critical');
  const severity = worst ? ('critical' as const) : ('warning' as const);
  return { severity, title: titleOf(event.alert, (worst ?? event.alert).title) };
};

/** What an incident begins with, at its opening and at each reopening; `alerts` are those that burn. */
const fresh = (event: AlertEvent, at: number, alerts: readonly IncidentAlert[]) => ({
  ...headline(event, alerts),
  state: 'triggered' as const,
  level: null,
  cycle: 0,
  episodeAt: at,
  changedAt: at,
  resume: null,
  acknowledged: null,
  snoozedUntil: null,
  resolved: null,
  badFrom: event.badAt ?? event.alert.since,
  badTo: null,
});

/**
 * A new incident; undefined where the alert opens none. `earlier` is the incident of the group before it: what still
 * burns from then, although a person resolved it, burns on in the new one.
 */
export const opened = (
  event: AlertEvent,
  { policy, id, serviceTier }: Opening,
  earlier: Incident | undefined,
): Draft | undefined => {
  const { at, alert } = event;
  if (alert.status !== 'firing' || alert.severity === 'info') return undefined;
  const { system, environment, service } = alert.identity;
  const alerts = [
    ...(earlier ? burning(earlier) : []).filter(({ key }) => key !== alert.key),
    remembered(event, 'firing'),
  ];
  const draft = draftOf({
    v: 1,
    id,
    group: groupOf(alert.identity),
    system,
    environment,
    service,
    serviceTier,
    policy: policy.id,
    ...fresh(event, at, alerts),
    episode: 1,
    openedAt: at,
    nextAt: at,
    alerts: Object.fromEntries(alerts.map((burns) => [burns.key, burns])),
    executive: false,
    flips: [],
    flapping: false,
    reached: {},
    applied: earlier?.applied ?? [],
    entries: 0,
  });
  const { incident } = draft;
  write(draft, at, 'opened', `${alert.title}: ${alert.detail}`);
  const { recovery } = ladderOf(incident, policy);
  if (recovery) {
    incident.state = 'recovering';
    incident.level = 1;
  }
  // L1 never brings a page forward: whoever reads `after: 2m` is paged at 2 min.
  incident.nextAt = nextPageAt(incident, policy, at + (recovery?.forMs ?? 0));
  if (recovery)
    write(draft, at, 'level-reached', `L1: the system's own recovery has ${formatDuration(incident.nextAt - at)}`);
  return draft;
};

/** The same incident, a new episode: straight to L2, for L1 had its chance. */
export const reopen = (draft: Draft, event: AlertEvent, at: number, policy: Policy): void => {
  const { incident } = draft;
  const ago = formatDuration(Math.max(0, at - (incident.resolved?.at ?? at)));
  Object.assign(incident, fresh(event, at, burning(incident)));
  incident.episode += 1;
  flip(draft, at);
  const why = `fires again ${ago} after it was resolved: ${event.alert.title}`;
  page(draft, policy, { at, ...presentLevel(incident, policy), reason: 'reopened', kind: 'reopened', why });
};
