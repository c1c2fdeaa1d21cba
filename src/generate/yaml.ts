/** What a generated YAML file is made of. Keys keep their order; a value that is undefined is left out. */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml | undefined };

// Names, paths, and lengths of time such as 1h30m.
const PLAIN = /^(?:[A-Za-z_](?:[\w:./-]*[\w.-])?|(?:\d+(?:ms|[smhdw]))+)$/;
// Words that YAML 1.1 or 1.2 reads as something else than text.
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|e\d+)$/i;

/** What a block scalar cannot hold: characters that YAML escapes, and blank space at an end. */
// oxlint-disable-next-line no-control-regex
const NO_BLOCK = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|^\s|\s$|[\ud800-\udfff]/;

// What stands between single quotes is read as it is, so nothing may need an escape.
// oxlint-disable-next-line no-control-regex
const NO_QUOTE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/;
const ENDS_LINE = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

// Almost every text is of these alone; one range is judged several times faster than all that YAML minds.
const UNUSUAL = /[^ -~]/;

// JSON leaves some characters bare that end a line in YAML. Single quotes keep what is full of double ones readable.
const quoted = (text: string): string =>
  UNUSUAL.test(text) && NO_QUOTE.test(text)
    ? JSON.stringify(text).replace(ENDS_LINE, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : `'${text.includes("'") ? text.replaceAll("'", "''") : text}'`;

const lineOf = (text: string): string => (PLAIN.test(text) && !WORDS.test(text) ? text : quoted(text));

// Files of rules are names that come again and again: judging each of them once halves the time.
const KNOWN = new Map<string, string>();
const MOST_KNOWN = 10_000;
const LONGEST_KNOWN = 60;

/** On one line, whatever it holds. */
const inLine = (text: string): string => {
  if (text.length > LONGEST_KNOWN) return lineOf(text);
  let line = KNOWN.get(text);
  if (line === undefined) {
    if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
    KNOWN.set(text, (line = lineOf(text)));
  }
  return line;
};

/** What stands behind `key: ` or `- `; lines of a longer text stand below it, `indent` deep. */
export const textYaml = (text: string, indent: string): string => {
  if (!text.includes('\n')) return inLine(text);
  const lines = text.split('\n');
  const isUsual = text.trim().length === text.length && !lines.some((line) => UNUSUAL.test(line));
  if (!isUsual && NO_BLOCK.test(text)) return inLine(text);
  return `|-\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
};

const isList = (value: Yaml): value is readonly Yaml[] => Array.isArray(value);

/** What follows `key:` or `-`: on the same line where it is one. The first key of a map stands beside its dash. */
const after = (value: Yaml, indent: string, isEntry: boolean): string => {
  if (typeof value === 'string') return ` ${textYaml(value, `${indent}  `)}\n`;
  if (typeof value !== 'object') return ` ${value}\n`;
  if (isList(value)) return value.length === 0 ? ' []\n' : `\n${listText(value, `${indent}  `)}`;
  return mapText(value, `${indent}  `, isEntry ? ' ' : `\n${indent}  `) || ' {}\n';
};

const listText = (list: readonly Yaml[], indent: string): string => {
  let text = '';
  for (const entry of list) text += `${indent}-${after(entry, indent, true)}`;
  return text;
};

/** `lead` stands before the first key, in place of the indent. */
const mapText = (map: { readonly [key: string]: Yaml | undefined }, indent: string, lead: string): string => {
  let text = '';
  for (const key of Object.keys(map)) {
    const inner = map[key];
    if (inner !== undefined) text += `${text === '' ? lead : indent}${inLine(key)}:${after(inner, indent, false)}`;
  }
  return text;
};

/**
 * YAML of maps and lists, two spaces deep from `indent` on, ending with a newline. The same value is the same text:
 * plain where that is safe, in single quotes otherwise, quoted as JSON where characters need an
 * escape, and lines of a longer text as a block.
 */
export const yamlOf = (value: readonly Yaml[] | { readonly [key: string]: Yaml | undefined }, indent = ''): string =>
  isList(value) ? listText(value, indent) : mapText(value, indent, indent);
