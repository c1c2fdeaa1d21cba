const POSIX_CLASS = /\[\[?:\^?[a-z]+:\]/;

/**
 * A regular expression of Go (RE2) as JavaScript writes it; undefined when it cannot be said. Flags in front, named
 * groups and the ends of the text are written in another way; the rest of RE2 is understood as it stands.
 */
export const fromGo = (pattern: string): string | undefined => {
  if (POSIX_CLASS.test(pattern) || /\\[CQ]|\(\?[a-z]*U/.test(pattern)) return undefined;
  const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)([^]*)$/.exec(pattern) ?? [];
  const plain = rest
    .replaceAll(/\(\?P</g, '(?<')
    .replaceAll(/(?<!\\)((?:\\\\)*)\\A/g, '$1(?<![^])')
    .replaceAll(/(?<!\\)((?:\\\\)*)\\z/g, '$1(?![^])');
  const said = flags === '' ? plain : `(?${flags}:${plain})`;
  try {
    return new RegExp(said).source;
  } catch {
    return undefined;
  }
};

/** A pattern that occurs in a text exactly where `pattern` does not. */
export const nowhere = (pattern: string): string => `^(?![^]*(?:${pattern}))`;
