import { createContext, Script } from 'node:vm';

/** How much of a text a pattern looks at. */
export const SEARCHED_CHARACTERS = 256 * 1024;
/** A pattern that backtracks without end would stop every check of the thread: it is interrupted. */
const MAX_SEARCH_MS = 100;

const room: { pattern: RegExp | null; text: string } = { pattern: null, text: '' };
const context = createContext(room);
const search = new Script('pattern.test(text)');

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
