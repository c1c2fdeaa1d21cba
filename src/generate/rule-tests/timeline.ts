/**
 * What a story lets happen, in steps of the test's interval: so many events in each, so many of them bad. Nothing of it
 * comes from the rules.
 * - `silent`: no data arrive at all. · `resets`: the counters begin anew, as after a restart.
 */
export type Beat = { steps: number; total: number; bad: number; silent?: boolean; resets?: boolean };

/** Events of one step in stories that do not count them one by one. */
export const BUSY = 10_000;

/** A stretch with this share of bad events; `traffic` makes it busier. */
export const beat = (steps: number, ratio: number, traffic = 1): Beat => ({
  steps,
  total: BUSY * traffic,
  bad: BUSY * traffic * ratio,
});

export const silence = (steps: number): Beat => ({ steps, total: 0, bad: 0, silent: true });

export const stepsOf = (beats: readonly Beat[]): number => beats.reduce((sum, { steps }) => sum + steps, 0);

/** What floats leave behind the twelfth digit is no part of a number that a person reads. */
const digits = (value: number): string => String(Number(value.toPrecision(12)));

const piece = (first: number, slope: number, count: number): string => {
  if (count === 1) return digits(first);
  return slope === 0
    ? `${digits(first)}x${count - 1}`
    : `${digits(first)}${slope < 0 ? '-' : '+'}${digits(Math.abs(slope))}x${count - 1}`;
};

// So far above zero that rate() never takes the counter to have been born a moment ago.
const COUNTED = 1_000_000;

/**
 * Values of a counter that grows by `of(beat)` in each step. In silence it stands still, as our own counters do, or is gone
 * where `isGone`.
 */
export const counter = (beats: readonly Beat[], of: (beat: Beat) => number, isGone: boolean): string => {
  let value = COUNTED;
  const pieces = [digits(value)];
  for (const one of beats) {
    if (one.steps === 0) continue;
    if (one.silent && isGone) {
      pieces.push(`_x${one.steps}`);
      continue;
    }
    if (one.resets) value = 0;
    const slope = one.silent ? 0 : of(one);
    pieces.push(piece(value + slope, slope, one.steps));
    value += slope * one.steps;
  }
  return pieces.join(' ');
};

/** Values of a gauge that is `of(beat)` throughout each beat, and gone in silence. */
export const gauge = (beats: readonly Beat[], of: (beat: Beat) => number): string =>
  beats
    .filter(({ steps }) => steps > 0)
    .map((one, index) => {
      const count = one.steps + (index === 0 ? 1 : 0);
      return one.silent ? `_x${count}` : piece(of(one), 0, count);
    })
    .join(' ');

/** Values of a timestamp that follows the time, `lag` seconds behind, and stands still in silence. */
export const follower = (beats: readonly Beat[], stepSeconds: number, lag: number): string => {
  let value = -lag;
  let at = -lag;
  const pieces = [digits(value)];
  for (const { steps, silent } of beats) {
    if (steps === 0) continue;
    pieces.push(silent ? piece(value, 0, steps) : piece(at + stepSeconds, stepSeconds, steps));
    at += stepSeconds * steps;
    if (!silent) value = at;
  }
  return pieces.join(' ');
};

/**
 * Share of bad time in the `range` steps before each step: lines between the places where a beat enters or leaves. NaN where
 * nothing happened in all of them, as 0 ÷ 0 is.
 */
export const trailing = (beats: readonly Beat[], range: number): string => {
  const ratios = beats.flatMap(({ steps, total, bad, silent }) =>
    Array<number | null>(steps).fill(silent ? null : total === 0 ? Number.NaN : bad / total),
  );
  const mean = (at: number): number | null => {
    if (ratios[at - 1] === null) return null;
    const past = ratios.slice(Math.max(0, at - range), Math.max(1, at)).filter((ratio) => ratio !== null);
    const busy = past.filter((ratio) => !Number.isNaN(ratio));
    if (busy.length === 0) return past.length === 0 ? 0 : Number.NaN;
    return busy.reduce((sum, ratio) => sum + ratio, 0) / busy.length;
  };
  const edges = new Set<number>([0, ratios.length]);
  let start = 0;
  for (const { steps } of beats) {
    for (const edge of [start, start + 1, start + range, start + range + 1]) if (edge <= ratios.length) edges.add(edge);
    start += steps;
  }
  const cuts = [...edges].sort((a, b) => a - b);
  const pieces = cuts.map((from, index) => {
    const count = (cuts[index + 1] ?? ratios.length + 1) - from;
    const [first, second] = [mean(from), mean(from + 1)];
    if (first === null) return `_x${count}`;
    if (Number.isNaN(first)) return `NaN+0x${count - 1}`;
    return piece(first, count > 1 ? (second ?? first) - first : 0, count);
  });
  return pieces.join(' ');
};
