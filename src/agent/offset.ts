/** How far the server's clock is from ours, measured as NTP does (RFC 5905, section 8). Ms. */
export type Offset = {
  /** One exchange: sent and answered by our clock, received and answered by theirs. */
  measured(sent: number, received: number, answered: number, back: number): void;
  /** Their clock less ours; null before the first exchange. */
  value(): number | null;
};

const REMEMBERED = 8;
/** What no road explains: a clock was set, or this machine slept and its steady clock stood still. */
const STEP_MS = 1_000;

type Sample = { offset: number; roundTrip: number };

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
};

/**
 * The median of the quicker half of the newest eight exchanges: a slow road is slow in one direction, and half of that
 * is error. An exchange that contradicts the rest beyond its own round trip begins anew.
 */
export const createOffset = (): Offset => {
  let samples: Sample[] = [];
  const value = (): number | null => {
    if (samples.length === 0) return null;
    const quickest = samples.toSorted((a, b) => a.roundTrip - b.roundTrip).slice(0, Math.ceil(samples.length / 2));
    return median(quickest.map(({ offset }) => offset));
  };
  return {
    measured(sent, received, answered, back) {
      const roundTrip = Math.max(0, back - sent - (answered - received));
      const offset = (received - sent + (answered - back)) / 2;
      const known = value();
      if (known !== null && Math.abs(offset - known) > roundTrip + STEP_MS) samples = [];
      samples = [...samples, { offset, roundTrip }].slice(-REMEMBERED);
    },
    value,
  };
};
