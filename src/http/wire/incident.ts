import { z } from 'zod';
import type { IncidentView } from '../../engine/nines.ts';
import { INCIDENT_STATES } from '../../incident/incident.ts';
import type { Actor, TimelineEntry } from '../../incident/timeline.ts';
import { OUTBOX_STATES } from '../../store/store.ts';
import type { OutboxRow } from '../../store/store.ts';
import { instant, iso, isoOrNull } from './scalars.ts';

const actor = z.object({ name: z.string(), door: z.enum(['page', 'cli', 'api', 'slack', 'pagerduty', 'nines']) });
const level = z.number().meta({ description: '1 recovery, 2 on-call engineer, 3 engineering manager, 4 executive' });

const shape = z.object({
  id: z.string(),
  title: z.string(),
  system: z.string(),
  environment: z.string(),
  service: z.string(),
  severity: z.enum(['critical', 'warning']),
  state: z.enum(INCIDENT_STATES),
  level: level.nullable(),
  cycle: z.number(),
  episode: z.number(),
  openedAt: instant,
  episodeAt: instant,
  changedAt: instant,
  acknowledged: z.object({ by: actor, at: instant }).nullable(),
  snoozedUntil: instant.nullable(),
  resolved: z.object({ by: actor.nullable(), at: instant }).nullable(),
  executive: z.boolean().meta({ description: 'a person said that the business is at stake: L4 is allowed' }),
  flapping: z.boolean(),
  badFrom: instant,
  badTo: instant.nullable(),
  next: z.object({ at: instant, text: z.string() }).nullable().meta({ description: 'what happens if nobody acts' }),
  alerts: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      detail: z.string(),
      severity: z.enum(['critical', 'warning', 'info']),
      status: z.enum(['firing', 'stale', 'clear']),
      since: instant,
      slo: z.string().nullable(),
      runbook: z.string().nullable(),
      judges: z
        .array(
          z.object({
            judge: z.string(),
            status: z.enum(['firing', 'stale', 'clear']),
            at: instant,
            until: instant.nullable(),
          }),
        )
        .meta({ description: 'who says so, and until when; empty where Nines alone judges it' }),
    }),
  ),
  revision: z.number(),
});
export const incident = shape.meta({ id: 'Incident' });

const entry = z.object({
  seq: z.number(),
  at: instant,
  kind: z.string(),
  text: z.string(),
  level: level.nullable(),
  by: actor.nullable(),
});

const delivery = z.object({
  channel: z.string(),
  kind: z.enum(['root', 'page', 'update', 'note', 'acknowledge', 'resolve']),
  level: level.nullable(),
  state: z.enum(OUTBOX_STATES),
  attempts: z.number(),
  createdAt: instant,
  nextAt: instant,
  sentAt: instant.nullable(),
  error: z.string().nullable(),
  possibleRepeat: z.boolean(),
});

export const incidentDetail = shape
  .extend({ timeline: z.array(entry), deliveries: z.array(delivery) })
  .meta({ id: 'IncidentDetail' });

const actorWire = ({ name, door }: Actor): z.output<typeof actor> => ({ name, door });

export const incidentWire = ({ incident, revision, next }: IncidentView): z.output<typeof shape> => ({
  id: incident.id,
  title: incident.title,
  system: incident.system,
  environment: incident.environment,
  service: incident.service,
  severity: incident.severity,
  state: incident.state,
  level: incident.level,
  cycle: incident.cycle,
  episode: incident.episode,
  openedAt: iso(incident.openedAt),
  episodeAt: iso(incident.episodeAt),
  changedAt: iso(incident.changedAt),
  acknowledged: incident.acknowledged && { by: actorWire(incident.acknowledged.by), at: iso(incident.acknowledged.at) },
  snoozedUntil: isoOrNull(incident.snoozedUntil),
  resolved: incident.resolved && {
    by: incident.resolved.by && actorWire(incident.resolved.by),
    at: iso(incident.resolved.at),
  },
  executive: incident.executive,
  flapping: incident.flapping,
  badFrom: iso(incident.badFrom),
  badTo: isoOrNull(incident.badTo),
  next: next && { at: iso(next.at), text: next.text },
  alerts: Object.values(incident.alerts).map(
    ({ key, title, detail, severity, status, since, slo, runbook, judges = {} }) => ({
      key,
      title,
      detail,
      severity,
      status,
      since: iso(since),
      slo,
      runbook,
      judges: Object.entries(judges).map(([judge, word]) => ({
        judge,
        status: word.status,
        at: iso(word.at),
        until: isoOrNull(word.until),
      })),
    }),
  ),
  revision,
});

export const entryWire = ({ seq, at, kind, text, level, by }: TimelineEntry): z.output<typeof entry> => ({
  seq,
  at: iso(at),
  kind,
  text,
  level,
  by: by && actorWire(by),
});

export const deliveryWire = (row: OutboxRow): z.output<typeof delivery> => ({
  channel: row.channel,
  kind: row.kind,
  level: row.message.level,
  state: row.state,
  attempts: row.attempts,
  createdAt: iso(row.createdAt),
  nextAt: iso(row.nextAt),
  sentAt: isoOrNull(row.sentAt),
  error: row.error,
  possibleRepeat: row.possibleRepeat,
});
