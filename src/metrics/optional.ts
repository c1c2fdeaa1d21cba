import type { Family, Handle, Labels } from './series.ts';

/** A series that may have no value: null takes it out of the text, because "no data" is neither 0 nor the last value. */
export type Optional = { set(value: number | null): void };

export const createOptional = (family: Family, labels: Labels): Optional => {
  let handle: Handle | null = null;
  return {
    set: (value) => {
      if (value === null) {
        handle?.remove();
        handle = null;
        return;
      }
      handle ??= family.series(labels);
      handle.set(value);
    },
  };
};
