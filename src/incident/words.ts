/** `03:14 UTC` */
export const utc = (at: number): string => `${new Date(at).toISOString().slice(11, 16)} UTC`;

/** `a, b and c` */
export const listed = (names: readonly string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? 'nobody');

/** `1 alert`, `3 alerts` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
