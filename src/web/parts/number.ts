import { DAY, HOUR, MINUTE } from '../../duration.ts';

/** Share → percent with as many decimals as say something: `99.93 %`, `42 %`; null → `no data`. */
export const percent = (share: number | null, decimals = 1): string => {
  if (share === null || !Number.isFinite(share)) return 'no data';
  const text = (share * 100).toFixed(decimals);
  return `${decimals ? text.replace(/\.?0+$/, '') : text} %`;
};

/** An attained share never rounds up to a promise it broke: 99.8996 % is 99.899 %, not 99.9 %. */
export const attainedPercent = (share: number | null): string =>
  share === null ? 'no data' : `${String(Math.floor(share * 100_000 + 1e-6) / 1_000)} %`;

/** Burn rates: `0.4×`, `14.4×`, `89×`. */
export const burn = (rate: number | null): string => {
  if (rate === null || !Number.isFinite(rate)) return 'no data';
  return `${rate >= 100 ? Math.round(rate) : Number(rate.toFixed(rate >= 10 ? 1 : 2))}×`;
};

export const count = (value: number): string => new Intl.NumberFormat('en').format(Math.round(value));

/** `320 ms`, `1.4 s`. */
export const millis = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${Number((ms / 1_000).toFixed(ms < 10_000 ? 1 : 0))} s`;

/** Look-back and interval lengths in words for people: `5 min`, `1 h`, `3 d`. */
export const lengthText = (ms: number): string => {
  if (ms % DAY === 0) return `${ms / DAY} d`;
  if (ms % HOUR === 0) return `${ms / HOUR} h`;
  return ms % MINUTE === 0 ? `${ms / MINUTE} min` : `${ms / 1_000} s`;
};

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
