/** A parsed YAML or JSON mapping. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldOf = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);

export const listOf = (value: unknown, name: string): unknown[] => {
  const field = fieldOf(value, name);
  return Array.isArray(field) ? field : [];
};

export const textIn = (value: unknown, name: string): string | undefined => {
  const field = fieldOf(value, name);
  return typeof field === 'string' || typeof field === 'number' ? String(field) : undefined;
};

/** The same text for the same content, whatever the order of its keys. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) =>
    isRecord(one) ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1))) : one,
  ) ?? '';

export const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

/** What is only in `after`, only in `before`, and in both with another content. In the order they stand in. */
export const compared = <T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>) => ({
  added: [...after].filter(([key]) => !before.has(key)),
  removed: [...before].filter(([key]) => !after.has(key)),
  changed: [...after].flatMap(([key, now]) => {
    const then = before.get(key);
    return then === undefined || isSame(then, now) ? [] : [{ key, before: then, after: now }];
  }),
});

/** By `keyOf`; what has the same key as one before it gets a number. */
export const keyed = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T> => {
  const all = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    let free = key;
    for (let number = 2; all.has(free); number++) free = `${key} (${number})`;
    all.set(free, item);
  }
  return all;
};

/** `a, b, c and 4 more` */
export const some = (names: readonly string[], most = 3): string =>
  names.length <= most + 1 ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
