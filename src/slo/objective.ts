/** The share that must be good, in integer parts per million: 99.9 % = 999_000. Never a float: `100 - 99.9` is not 0.1. */
export type Ppm = number;

export const MILLION = 1_000_000;

/** Percent as written (at most four decimals, between 0 and 100, both excluded) → ppm; undefined otherwise. */
export const ppmFromPercent = (percent: number): Ppm | undefined => {
  const ppm = Math.round(percent * 10_000);
  return ppm > 0 && ppm < MILLION && Math.abs(ppm / 10_000 - percent) < 1e-9 ? ppm : undefined;
};

/** 999_000 → `99.9`. */
export const percentText = (ppm: Ppm): string => String(ppm / 10_000);

/** 1 − objective, as a share: 0.001 for 99.9 %. */
export const budgetShare = (objective: Ppm): number => (MILLION - objective) / MILLION;
