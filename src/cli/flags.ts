import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import { nearest } from '../definition/near.ts';

/** What some commands call the folder that others call otherwise. */
const ALIKE: Readonly<Record<string, string>> = { out: 'against', against: 'out' };

/** Why these arguments cannot be taken, in one sentence; null when they can. */
export const flagProblem = (
  command: string,
  args: readonly string[],
  options: ParseArgsOptionsConfig,
): string | null => {
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  const known = new Set(Object.keys(options));
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    if (!known.has(name)) {
      const alike = ALIKE[name];
      const meant = alike !== undefined && known.has(alike) ? alike : nearest(name, known);
      const hint = meant === undefined ? `see nines ${command} --help` : `did you mean --${meant}?`;
      return `unknown flag ${rawName}; ${hint}`;
    }
    if (options[name]?.type === 'boolean') {
      if (inlineValue) return `${rawName} takes no value`;
    } else if (value === undefined) return `${rawName} needs a value; see nines ${command} --help`;
    else if (!inlineValue && value.startsWith('-'))
      return `${rawName} needs a value; write ${rawName}=${value} if that is ${value}`;
  }
  return null;
};
