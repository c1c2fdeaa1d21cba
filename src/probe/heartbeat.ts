import { formatDuration } from '../duration.ts';
import { unknownResult, type CheckResult } from './probe.ts';

/** What is known of a heartbeat. Epoch ms; `startedAt` is when we began to listen for it. */
export type Beats = { lastBeatAt: number | null; startedAt: number };

/**
 * The check of a heartbeat, asked once per interval. Passes while the last beat is at most `intervalMs` + `graceMs` old.
 * Without one it is unknown until we have listened that long ourselves: a beat may have come while we were away.
 */
export const beatCheck = (
  probe: { id: string; intervalMs: number; graceMs: number },
  { lastBeatAt, startedAt }: Beats,
  now: number,
): CheckResult => {
  const limit = probe.intervalMs + probe.graceMs;
  const expected = `expected one every ${formatDuration(probe.intervalMs)} with ${formatDuration(probe.graceMs)} of grace`;
  if (lastBeatAt !== null && now - lastBeatAt <= limit)
    return { ...unknownResult(probe.id, now, 'ok', ''), outcome: 'pass' };
  if (now - startedAt <= limit) return unknownResult(probe.id, now, 'no-beat', `waiting for a beat, ${expected}`);
  const silence = `no beat for ${formatDuration(now - (lastBeatAt ?? startedAt))}`;
  return { ...unknownResult(probe.id, now, 'no-beat', `${silence}, ${expected}`), outcome: 'fail' };
};
