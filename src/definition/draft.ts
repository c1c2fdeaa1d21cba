import { YAMLException, constructFromEvents, parseEvents } from 'js-yaml';
import type { Problem } from './catalog.ts';
import { holder, locator, placer } from './locate.ts';
import type { Locate, Path, Place } from './locate.ts';
import { buildTree } from './tree.ts';
import type { Flaw } from './tree.ts';

/** A file as it is given: `file` is shown to people, `text` is what stands in it. */
export type DefinitionFile = { file: string; text: string | Uint8Array };

/** A file read as YAML and not yet checked. */
export type Draft = { file: string; value: unknown; locate: Locate; holds: (path: Path) => boolean };

const MOST_BYTES = 1024 * 1024;

/** Reads one file. Its own mistakes (encoding, size, syntax, cycles, duplicate keys) come as problems; never throws. */
export const readDraft = ({
  file,
  text,
}: DefinitionFile): { draft: Draft; problems: [] } | { draft: null; problems: Problem[] } => {
  const fail = (place: Place, message: string): { draft: null; problems: Problem[] } => ({
    draft: null,
    problems: [{ file, ...place, message }],
  });
  if (text.length > MOST_BYTES)
    return fail({ line: 1, column: 1 }, `file must not be larger than 1 MiB, got ${text.length} bytes; split it`);
  const decoded = typeof text === 'string' ? { text: text.replace(/^\uFEFF/, ''), flaw: null } : decode(text);
  if (decoded.flaw) return fail(placer(decoded.text)(decoded.flaw.at), decoded.flaw.message);
  const place = placer(decoded.text);
  try {
    const events = parseEvents(decoded.text, {});
    const tree = buildTree(decoded.text, events);
    if (tree.flaws.length > 0)
      return { draft: null, problems: tree.flaws.map((flaw) => ({ file, ...place(flaw.at), message: flaw.message })) };
    // Duplicate keys are already told, all of them; `json` keeps the constructor from stopping at the first.
    const value = constructFromEvents(events, { source: decoded.text, json: true })[0];
    if (value === undefined || value === null)
      return fail({ line: 1, column: 1 }, 'file must hold a definition, got nothing');
    const root = tree.roots[0];
    return { draft: { file, value, locate: locator(decoded.text, root, place), holds: holder(root) }, problems: [] };
  } catch (error) {
    if (!(error instanceof YAMLException)) return fail({ line: 1, column: 1 }, 'file cannot be read as YAML');
    const mark = error.mark;
    return fail(
      { line: (mark?.line ?? 0) + 1, column: (mark?.column ?? 0) + 1 },
      `file cannot be read as YAML here: ${error.reason}`,
    );
  }
};

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    // `stream` forgives a character that the end cuts in half.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
};

const decode = (bytes: Uint8Array): { text: string; flaw: Flaw | null } => {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), flaw: null };
  } catch {
    let good = 0;
    let bad = bytes.length;
    while (good + 1 < bad) {
      const middle = Math.floor((good + bad) / 2);
      if (isUtf8(bytes.subarray(0, middle))) good = middle;
      else bad = middle;
    }
    const text = new TextDecoder().decode(bytes.subarray(0, good), { stream: true });
    const byte = (bytes[good] ?? 0).toString(16).padStart(2, '0');
    return { text, flaw: { at: text.length, message: `file must be UTF-8, got the byte 0x${byte} here` } };
  }
};
