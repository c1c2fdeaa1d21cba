import { HOUR } from '../duration.ts';
import { nextPageAt } from './escalation.ts';
import type { Change, Incident, Notice, PageReason } from './incident.ts';
import type { Level, Policy } from './policy.ts';
import type { Actor, TimelineEntry } from './timeline.ts';

/** A change in the making: `apply` works on a copy and hands it out when all is done. */
export type Draft = { incident: Incident; entries: TimelineEntry[]; notices: Notice[] };

const FLAPPING_FLIPS = 4;
/** More are not needed to tell flapping, and an incident stays small. */
const REMEMBERED_FLIPS = 60;
const FLIPS: ReadonlySet<TimelineEntry['kind']> = new Set(['clearing', 'fired-again']);

export const draftOf = (incident: Incident): Draft => ({
  incident: {
    ...incident,
    alerts: { ...incident.alerts },
    reached: { ...incident.reached },
    flips: [...incident.flips],
    applied: [...incident.applied],
  },
  entries: [],
  notices: [],
});

export const changeOf = ({ incident, entries, notices }: Draft): Change => ({ incident, entries, notices });

export const write = (
  draft: Draft,
  at: number,
  kind: TimelineEntry['kind'],
  text: string,
  by: Actor | null = null,
): void => {
  draft.incident.entries += 1;
  draft.entries.push({ seq: draft.incident.entries, at, kind, text, level: draft.incident.level, by });
};

/** Writes a line into the history and a silent note to all who were told; a flapping incident spares them the notes. */
export const tell = (
  draft: Draft,
  at: number,
  kind: TimelineEntry['kind'],
  text: string,
  by: Actor | null = null,
): void => {
  write(draft, at, kind, text, by);
  const spared = draft.incident.flapping && FLIPS.has(kind);
  draft.notices.push({ kind: 'changed', text, ...(spared ? { quiet: true } : {}) });
};

export const dedupKeyOf = (incident: string, channel: string, episode: number, cycle: number): string =>
  `nines/${incident}/${episode}/${channel}/${cycle}`;

/** `why` completes the sentence `L3 paged: …`. */
export type PageOrder = {
  at: number;
  level: Level;
  channels: readonly string[];
  reason: PageReason;
  kind: TimelineEntry['kind'];
  why: string;
  by?: Actor;
};

/** Pages a level: the incident is triggered there, in a new cycle, and its ladder's clock runs. */
export const page = (draft: Draft, policy: Policy, order: PageOrder): void => {
  const { incident } = draft;
  const { at, level, channels, reason, kind, why } = order;
  incident.cycle = incident.level === level ? incident.cycle + 1 : 1;
  incident.level = level;
  incident.state = 'triggered';
  incident.resume = null;
  delete incident.proved;
  incident.changedAt = at;
  incident.acknowledged = null;
  incident.snoozedUntil = null;
  incident.nextAt = nextPageAt(incident, policy, at);
  for (const channel of channels) {
    const earlier = incident.reached[channel];
    const cycle = earlier?.episode === incident.episode ? earlier.cycle + 1 : 1;
    const dedupKey = dedupKeyOf(incident.id, channel, incident.episode, cycle);
    incident.reached[channel] = { episode: incident.episode, cycle, dedupKey };
  }
  const again = incident.cycle > 1 ? ' again' : '';
  write(draft, at, kind, `L${level} paged${again}: ${why}`, order.by ?? null);
  draft.notices.push({
    kind: 'page',
    level,
    cycle: incident.cycle,
    channels,
    reason,
    text: `L${level}${again}: ${why}`,
  });
};

export const close = (draft: Draft, at: number, by: Actor | null, text: string): void => {
  const { incident } = draft;
  incident.state = 'resolved';
  incident.changedAt = at;
  incident.nextAt = null;
  incident.resume = null;
  delete incident.proved;
  incident.snoozedUntil = null;
  incident.resolved = { by, at };
  for (const [channel, reached] of Object.entries(incident.reached))
    incident.reached[channel] = { ...reached, dedupKey: null };
  write(draft, at, 'resolved', text, by);
  draft.notices.push({ kind: 'resolved', by, text });
};

/** Everything became clear, or fired again. Judged over an hour: over 15 min a slow flapper pages 13 times an hour. */
export const flip = (draft: Draft, at: number): void => {
  const { incident } = draft;
  incident.flips = [...incident.flips.filter((time) => time > at - HOUR), at].slice(-REMEMBERED_FLIPS);
  const flapping = incident.flips.length >= FLAPPING_FLIPS;
  const begins = flapping && !incident.flapping;
  incident.flapping = flapping;
  if (begins)
    tell(
      draft,
      at,
      'flapping',
      `Flapping: went clear or fired again ${incident.flips.length} times within 1h; it now has to stay clear for longer`,
    );
};
