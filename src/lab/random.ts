/** The next number in [0, 1). */
export type Random = () => number;

/** The same numbers for the same seed and name (mulberry32, seeded by FNV-1a of the name). */
export const seededRandom = (seed: number, name: string): Random => {
  let state = (seed ^ 0x811c9dc5) >>> 0;
  for (const character of name) state = Math.imul(state ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
