import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { PROPERTIES } from './properties.ts';
import type { Subject } from './world.ts';

type Mutant = { breaks: string; file: string; from: string; to: string };

/** Each is one plausible slip; the properties must notice every one. */
const MUTANTS: readonly Mutant[] = [
  { breaks: 'replays are applied again', file: 'reducer', from: 'incident.applied.includes(event.id)', to: 'false' },
  {
    breaks: 'events do not run due timers first',
    file: 'reducer',
    from: '  runDue(draft, policy, at);\n  const heard',
    to: '  const heard',
  },
  { breaks: 'a reopening waits for ever', file: 'reducer', from: '> policy.reopenMs', to: '> Infinity' },
  {
    breaks: 'the clock is trusted to step back',
    file: 'reducer',
    from: 'Math.max(event.at, incident.changedAt)',
    to: 'Math.abs(event.at - incident.changedAt) + incident.changedAt',
  },
  {
    breaks: 'only one due timer is run per tick',
    file: 'timers',
    from: 'step = due(draft.incident, policy, now))',
    to: 'step = null)',
  },
  {
    breaks: 'a step happens at the time of the tick',
    file: 'timers',
    from: 'run(draft, policy, step)',
    to: 'run(draft, policy, { ...step, at: now })',
  },
  { breaks: 'L4 is allowed for everyone', file: 'policy', from: 'level < 4 ||', to: 'true ||' },
  { breaks: 'L4 is allowed for nobody', file: 'policy', from: 'level < 4 ||', to: 'level < 4 || 1 > 2 &&' },
  {
    breaks: 'the ladder ends instead of repeating',
    file: 'draft',
    from: 'incident.nextAt = nextPageAt(incident, policy, at)',
    to: 'incident.nextAt = level === 4 ? null : nextPageAt(incident, policy, at)',
  },
  {
    breaks: 'an acknowledge timeout falls back to L2',
    file: 'escalation',
    from: 'level <= reached) ??',
    to: 'level <= 2) ??',
  },
  {
    breaks: 'an acknowledgement leaves the state triggered',
    file: 'verbs',
    from: "incident.state = 'acknowledged'",
    to: "incident.state = 'triggered'",
  },
  { breaks: 'a snooze may last for ever', file: 'verbs', from: 'forMs <= MAX_SNOOZE_MS', to: 'forMs < Infinity' },
  { breaks: 'cycles are not counted', file: 'draft', from: 'incident.cycle + 1 : 1', to: '1 : 1' },
  { breaks: 'keys are not counted per channel', file: 'draft', from: 'earlier.cycle + 1 : 1', to: '1 : 1' },
  {
    breaks: 'entries are not counted',
    file: 'draft',
    from: 'draft.incident.entries += 1',
    to: 'draft.incident.entries += 0',
  },
  { breaks: 'flapping is never noticed', file: 'draft', from: 'FLAPPING_FLIPS = 4', to: 'FLAPPING_FLIPS = 4000' },
  { breaks: 'flapping is judged over 15 minutes', file: 'draft', from: 'at - HOUR', to: 'at - HOUR / 4' },
  {
    breaks: 'the rest of the wait is lost',
    file: 'alerts',
    from: 'at + remainingMs',
    to: 'at + 2 * remainingMs',
  },
  {
    breaks: 'stale counts as clear',
    file: 'alerts',
    from: "alert.severity === 'info' ? 'clear'",
    to: "alert.status === 'stale' ? 'clear'",
  },
  { breaks: 'one clear alert ends it for all', file: 'alerts', from: 'if (left === 0) clearing', to: 'clearing' },
  { breaks: 'clear is not held', file: 'alerts', from: 'policy.flappingHoldMs : policy.holdMs', to: '0 : 0' },
  {
    breaks: 'a new episode keeps its number',
    file: 'opening',
    from: 'incident.episode += 1',
    to: 'incident.episode += 0',
  },
  {
    breaks: 'a new episode begins at L3',
    file: 'opening',
    from: "...presentLevel(incident, policy), reason: 'reopened'",
    to: "...presentLevel(incident, policy), level: 3, reason: 'reopened'",
  },
  {
    breaks: 'growth of severity is silent',
    file: 'alerts',
    from: "&& incident.severity === 'warning') raise",
    to: '&& 1 > 2) raise',
  },
  {
    breaks: 'every critical alert pages again',
    file: 'alerts',
    from: "&& incident.severity === 'warning') raise",
    to: ') raise',
  },
  {
    breaks: 'the old PagerDuty key stays open',
    file: 'notification',
    from: '    endKey(builder, seat, words);\n',
    to: '',
  },
  {
    breaks: 'PagerDuty is not told of the end',
    file: 'notification',
    from: "if (notice.kind === 'resolved') endKey(builder, seat, notice);",
    to: '',
  },
  {
    breaks: 'the page comes before its root',
    file: 'notification',
    from: "seat.shape === 'thread' && !seat.known) add",
    to: "seat.shape === 'thread' && seat.known) add",
  },
  {
    breaks: 'a proof is believed while somebody is called already',
    file: 'proof',
    from: "recovered && incident.state === 'recovering'",
    to: "recovered && incident.state !== 'clearing' && incident.state !== 'resolved'",
  },
];

const SOURCE = resolve('src/incident');
const home = mkdtempSync(join(tmpdir(), 'nines-mutants-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A copy of the incident core with one slip in it. */
const broken = async ({ breaks, file, from, to }: Mutant): Promise<Subject> => {
  const folder = join(home, breaks.replaceAll(' ', '-'));
  mkdirSync(folder);
  for (const name of readdirSync(SOURCE)) {
    const source = readFileSync(join(SOURCE, name), 'utf8').replaceAll(
      "from '../",
      `from '${pathToFileURL(resolve('src')).href}/`,
    );
    if (name === `${file}.ts`) expect(source, `${file}.ts still holds the text to change`).toContain(from);
    writeFileSync(join(folder, name), name === `${file}.ts` ? source.replace(from, to) : source);
  }
  const load = (name: string): Promise<Record<string, never>> => import(pathToFileURL(join(folder, `${name}.ts`)).href);
  const [reducer, escalation, notification] = await Promise.all(['reducer', 'escalation', 'notification'].map(load));
  return { ...reducer, ...escalation, ...notification } as unknown as Subject;
};

/** What the first property that fails says of it. */
const complaintAbout = (subject: Subject): Error | undefined => {
  for (const property of Object.values(PROPERTIES)) {
    try {
      property(subject, { numRuns: 120, seed: 7, endOnFailure: true });
    } catch (error) {
      return (error as Error).cause instanceof Error ? ((error as Error).cause as Error) : (error as Error);
    }
  }
  return undefined;
};

test.each(MUTANTS)('$breaks: caught', async (mutant) => {
  const complaint = complaintAbout(await broken(mutant));
  expect(complaint).toBeInstanceOf(Error);
  // A copy that merely crashes would prove nothing about the properties.
  expect(complaint?.name).toBe('Error');
});
