import { structuredPatch } from 'diff';
import type { Change } from './changes.ts';
import { familyOf } from './paths.ts';

/** How a file on disk stands to what would be written now. */
export type Difference = {
  path: string;
  state: 'missing' | 'changed' | 'stale' | 'edited' | 'foreign' | 'blocked';
  /** Set for `edited`, `foreign`, `blocked`: what is in the way. */
  why?: string;
};

/** A file before and after; null = it is not there. */
export type TextPair = { path: string; before: string | null; after: string | null };

/** In full sentences for a list: `alerts/a.yml: missing`. */
export const differenceText = ({ path, state, why }: Difference): string =>
  why === undefined ? `${path}: ${state}` : `${path}: ${state} (${why})`;

export const changeText = ({ subject, what }: Change): string => `${subject}: ${what}`.replaceAll(/\s+/g, ' ');

// Texts that differ more than this are told in a sentence: nobody reads the lines, and finding them takes minutes.
const MOST_EDITS = 4_000;

/** A side without lines stands before its first line, as `diff` and `patch` count. */
const start = (line: number, lines: number): number => (lines === 0 ? line - 1 : line);

/** Unified lines of one file, as `diff -u` prints them. */
export const unifiedLines = ({ path, before, after }: TextPair): string[] => {
  const head = [
    `--- ${before === null ? '/dev/null' : `a/${path}`}`,
    `+++ ${after === null ? '/dev/null' : `b/${path}`}`,
  ];
  const patch = structuredPatch(path, path, before ?? '', after ?? '', undefined, undefined, {
    context: 3,
    maxEditLength: MOST_EDITS,
  });
  if (!patch) return [...head, '(too many lines differ to list them)'];
  return [
    ...head,
    ...patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      `@@ -${start(oldStart, oldLines)},${oldLines} +${start(newStart, newLines)},${newLines} @@`,
      ...lines,
    ]),
  ];
};

/** Definitions first, then what judges; tests follow from both, and of these only the number of lines is said. */
const FIRST = ['facts', 'rules', 'dashboards', 'prometheus', 'alertmanager', 'grafana', 'other', 'rule-tests'] as const;

const rankOf = ({ path }: TextPair): number => FIRST.indexOf(familyOf(path));

const linesIn = (text: string | null): number =>
  text === null ? 0 : text.split('\n').length - Number(text.endsWith('\n'));

const numberOfLines = ({ path, before, after }: TextPair): string => {
  const edits = { context: 0, maxEditLength: MOST_EDITS };
  const patch = structuredPatch(path, path, before ?? '', after ?? '', undefined, undefined, edits);
  if (!patch) return `${path}: most of its ${linesIn(after ?? before)} lines`;
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  const of = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
  return `${path}: ${count(of('+'), 'line')} added, ${count(of('-'), 'line')} removed`;
};

/** All files, at most so many lines, of one file at most a third of them; says what it leaves out. */
export const unified = (pairs: readonly TextPair[], most: number): string[] => {
  const lines: string[] = [];
  for (const [index, pair] of pairs.toSorted((a, b) => rankOf(a) - rankOf(b)).entries()) {
    if (lines.length >= most) {
      lines.push(`(not shown: ${count(pairs.length - index, 'more file')})`);
      break;
    }
    const own = familyOf(pair.path) === 'rule-tests' ? [`(${numberOfLines(pair)})`] : unifiedLines(pair);
    const room = Math.min(Math.ceil(most / 3), most - lines.length);
    lines.push(...own.slice(0, room));
    if (own.length > room) lines.push(`(${count(own.length - room, 'more line')} of ${pair.path})`);
  }
  return lines;
};

/** What a terminal shows: sentences first, lines after them. Empty when nothing differs. */
export const diffText = (
  changes: readonly Change[],
  differences: readonly Difference[],
  pairs: readonly TextPair[],
): string => {
  const notes = differences.filter(({ why }) => why !== undefined).map(differenceText);
  return [...notes, ...changes.map(changeText), ...(pairs.length > 0 ? ['', ...unified(pairs, 600)] : [])].join('\n');
};

const count = (number: number, words: string): string => `${number} ${words}${number === 1 ? '' : 's'}`;

// GitHub looks for names and numbers of issues in the rendered text, where a backslash is gone: only a character between
// the sign and the word keeps it from calling somebody.
const ZERO_WIDTH_SPACE = '\u200B';
const inMarkdown = (text: string): string =>
  text.replaceAll(/[\\`*_<>[\]|#~&]/g, String.raw`\$&`).replaceAll(/[@#]/g, `$&${ZERO_WIDTH_SPACE}`);

// A comment on GitHub holds 65,536 characters.
const MOST_CHARACTERS = 60_000;
const MOST_CHANGES = 200;

/** The same for a comment on a pull request. */
export const diffMarkdown = (
  changes: readonly Change[],
  differences: readonly Difference[],
  pairs: readonly TextPair[],
): string => {
  if (changes.length + differences.length === 0) return '**Nines**: the generated files are up to date.\n';
  const notes = differences.filter(({ why }) => why !== undefined).map(differenceText);
  const list = [...notes, ...changes.map(changeText)].map((line) => `- ${inMarkdown(line)}`);
  const shown = list.slice(0, MOST_CHANGES);
  if (list.length > shown.length) shown.push(`- and ${list.length - shown.length} more`);
  const head = `### Nines: ${count(list.length, 'change')} in ${count(differences.length, 'file')}\n\n${shown.join('\n')}\n`;
  let body = unified(pairs, 600).join('\n');
  const room = Math.max(0, MOST_CHARACTERS - head.length);
  if (body.length > room) body = `${body.slice(0, room)}\n(cut here)`;
  // A longer fence than any in the text, so that no file can end it.
  const fence = '`'.repeat(Math.max(3, ...[...body.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return pairs.length === 0
    ? head
    : `${head}\n<details><summary>Lines</summary>\n\n${fence}diff\n${body}\n${fence}\n\n</details>\n`;
};

/** First line and body of a commit: what changed, in the words of the definitions. */
export const commitMessage = (changes: readonly Change[]): { subject: string; body: string } => {
  const lines = changes.map(changeText);
  const whole = `Update generated files: ${lines[0] ?? 'their records'}`;
  const subject =
    lines.length > 1 || whole.length > 72 ? `Update generated files: ${count(lines.length, 'change')}` : whole;
  const shown = lines.slice(0, MOST_CHANGES).map((line) => `- ${line}`);
  if (lines.length > shown.length) shown.push(`- and ${lines.length - shown.length} more`);
  return { subject, body: shown.join('\n') };
};
