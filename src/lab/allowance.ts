/** A rate limit that allows bursts (token bucket): `burst` at once, then one each `everyMs`. */
export type Allowance = { take(key: string, monotonic: number): boolean; reset(): void };

export const createAllowance = (limit: { burst: number; everyMs: number }): Allowance => {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take: (key, monotonic) => {
      const bucket = buckets.get(key) ?? { left: limit.burst, at: monotonic };
      const left = Math.min(limit.burst, bucket.left + (monotonic - bucket.at) / limit.everyMs);
      const taken = left >= 1;
      buckets.set(key, { left: taken ? left - 1 : left, at: monotonic });
      return taken;
    },
    reset: () => buckets.clear(),
  };
};
