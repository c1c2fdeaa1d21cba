import { createContext, Script } from 'node:vm';

/** How much of a text a pattern looks at. */
export const SEARCHED_CHARACTERS = 256 * 1024;
/** A pattern that backtracks without end would stop every check of the thread: it is interrupted. */
const MAX_SEARCH_MS = 100;

const room: { pattern: RegExp | null; text: string; lines: readonly string[] } = { pattern: null, text: '', lines: [] };
const context = createContext(room);
const search = new Script('pattern.test(text)');
const searchLines = new Script('lines.findIndex((line) => pattern.test(line))');

/** Undefined when the text is no regular expression. */
export const compilePattern = (text: string): RegExp | undefined => {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
};

/** Whether the pattern occurs in the first 256 Ki characters. */
export const occurs = (pattern: RegExp, text: string): 'yes' | 'no' | 'too-slow' => {
  room.pattern = pattern;
  room.text = text.length > SEARCHED_CHARACTERS ? text.slice(0, SEARCHED_CHARACTERS) : text;
  try {
    return search.runInContext(context, { timeout: MAX_SEARCH_MS }) === true ? 'yes' : 'no';
  } catch {
    return 'too-slow';
  } finally {
    room.pattern = null;
    room.text = '';
  }
};

/** The first of these lines in which the pattern occurs; null when it is none. One search for all costs one watchdog. */
export const findLine = (pattern: RegExp, lines: readonly string[]): number | 'too-slow' | null => {
  if (lines.length === 0) return null;
  room.pattern = pattern;
  room.lines = lines;
  try {
    const found = Number(searchLines.runInContext(context, { timeout: MAX_SEARCH_MS }));
    return found === -1 ? null : found;
  } catch {
    return 'too-slow';
  } finally {
    room.pattern = null;
    room.lines = [];
  }
};
