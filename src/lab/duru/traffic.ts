import { DAY } from '../../duration.ts';

const PLATFORMS = { android: 0.58, ios: 0.36, web: 0.06 } as const;
const RESULTS = ['accepted', 'failed', 'throttled', 'expired', 'circuit_open', 'invalid_token'] as const;
type Result = (typeof RESULTS)[number];
export type Platform = keyof typeof PLATFORMS;

// Shares of all sends. Healthy: 99.8 % of what counts is accepted, above the objective of 99.5 %.
const HEALTHY: Record<Result, number> = {
  accepted: 0.9905,
  failed: 0.0008,
  throttled: 0.0004,
  expired: 0.0006,
  circuit_open: 0,
  invalid_token: 0.0077,
};
const DOWN: Record<Result, number> = {
  accepted: 0,
  failed: 0.12,
  throttled: 0,
  expired: 0.02,
  circuit_open: 0.85,
  invalid_token: 0.01,
};

/** Upper bounds in seconds and the share of accepted sends at or below each. */
export const SEND_BUCKETS: readonly (readonly [le: string, share: number])[] = [
  ['0.05', 0.08],
  ['0.1', 0.41],
  ['0.25', 0.86],
  ['0.5', 0.972],
  ['1', 0.992],
  ['2.5', 0.998],
  ['5', 0.9995],
  ['10', 1],
];
export const MEAN_SEND_SECONDS = 0.16;

/** Sends by `platform/result`, as fractions that are floored when shown, so that each only grows. */
export type Traffic = { at: number; sends: ReadonlyMap<string, number>; breakerOpened: number; down: boolean };

export const startTraffic = (at: number): Traffic => ({ at, sends: new Map(), breakerOpened: 0, down: false });

/** Sends from the start of the day to `at`, at 10,000 a day, busiest at 18:00 UTC and quietest at 06:00. */
const sentSinceMidnight = (at: number): number => {
  const turn = ((at % DAY) / DAY) * 2 * Math.PI;
  return (10_000 / (2 * Math.PI)) * (turn + 0.6 * (Math.cos(turn) - 1));
};

const sentBetween = (from: number, to: number): number =>
  (Math.floor(to / DAY) - Math.floor(from / DAY)) * 10_000 + sentSinceMidnight(to) - sentSinceMidnight(from);

/** Carries the counters to `now`; the time since the last call passed with the service up or `down`. */
export const advanceTraffic = (traffic: Traffic, now: number, down: boolean): Traffic => {
  const volume = Math.max(0, sentBetween(traffic.at, Math.max(traffic.at, now)));
  const shares = traffic.down ? DOWN : HEALTHY;
  const sends = new Map(traffic.sends);
  for (const [platform, part] of Object.entries(PLATFORMS))
    for (const result of RESULTS) {
      const key = `${platform}/${result}`;
      sends.set(key, (sends.get(key) ?? 0) + volume * part * shares[result]);
    }
  const breakerOpened = traffic.breakerOpened + (down && !traffic.down ? 1 : 0);
  return { at: Math.max(traffic.at, now), sends, breakerOpened, down };
};
