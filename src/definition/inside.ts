const SPACE = /\s/;

const skipSpace = (text: string, at: number): number => {
  let end = at;
  while (end < text.length && SPACE.test(text[end] ?? '')) end++;
  return end;
};

/** How long the escape of a double-quoted text is that begins at `at`: `\"` 2, `\x41` 4, `\u0041` 6. */
const escapeLength = (raw: string, at: number): number => ({ x: 4, u: 6, U: 10 })[raw[at + 1] ?? ''] ?? 2;

/**
 * Where the character at `offset` of a value stands in the text that it was read from. Characters correspond one by one,
 * and white space to white space, however YAML folds lines and takes indentation away. undefined where the text is
 * another one: that of an alias, or of a template.
 */
export const placeInside = (raw: string, value: string, offset: number): number | undefined => {
  const quote = raw[0] === '"' || raw[0] === "'" ? raw[0] : '';
  let from = quote === '' ? skipSpace(raw, 0) : 1;
  let at = quote === '' ? skipSpace(value, 0) : 0;
  while (at < Math.min(offset, value.length)) {
    const character = value[at] ?? '';
    if (quote === '"' && raw[from] === '\\' && !/[\r\n]/.test(raw[from + 1] ?? '')) {
      from += escapeLength(raw, from);
      at += 1;
    } else if (SPACE.test(character)) {
      const end = skipSpace(value, at);
      if (offset < end) return from + (raw.slice(from, from + end - at) === value.slice(at, end) ? offset - at : 0);
      at = end;
      from = skipSpace(raw, from);
    } else if (raw[from] === character) {
      from += quote === "'" && character === "'" ? 2 : 1;
      at += 1;
    } else return undefined;
  }
  return from;
};
