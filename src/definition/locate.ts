import { placeInside } from './inside.ts';
import type { Node } from './tree.ts';

export type Path = readonly PropertyKey[];
/** Counted from 1, columns in UTF-16 units as editors count them. */
export type Place = { line: number; column: number };
/**
 * `key` points at the field's name; `text` at the first place inside the value where it stands; `offset` at one character
 * of `value`, which is what the field holds.
 */
export type Aim = { key?: boolean; text?: string; inside?: { value: string; offset: number } };
/** The place of a value; of its nearest container where the path ends earlier. */
export type Locate = (path: Path, aim?: Aim) => Place;

/** Offsets → lines and columns of one text. */
export const placer = (text: string): ((offset: number) => Place) => {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(0, offset) - (starts[low] ?? 0) + 1 };
  };
};

type Step = { node: Node; key: number; isWhole: boolean };

/** As far along the path as the text goes. */
const follow = (root: Node | undefined, path: Path): Step | null => {
  if (!root) return null;
  let found: Step = { node: root, key: root.at, isWhole: true };
  for (const step of path) {
    const field = typeof step === 'number' ? undefined : found.node.fields?.get(String(step));
    const node = typeof step === 'number' ? found.node.items?.[step] : field?.node;
    if (!node) return { ...found, isWhole: false };
    found = { node, key: field?.key ?? node.at, isWhole: true };
  }
  return found;
};

/** Whether the text itself holds a value there. */
export const holder = (root: Node | undefined): ((path: Path) => boolean) => {
  return (path) => follow(root, path)?.isWhole ?? false;
};

/** Places of one document's values. */
export const locator = (text: string, root: Node | undefined, place: (offset: number) => Place): Locate => {
  return (path, aim = {}) => {
    const found = follow(root, path);
    if (!found) return place(0);
    const { at, end } = found.node;
    if (aim.key && found.isWhole) return place(found.key);
    if (aim.inside && found.isWhole && end > at)
      return place(at + (placeInside(text.slice(at, end), aim.inside.value, aim.inside.offset) ?? 0));
    const inside = aim.text && found.isWhole && end > at ? text.slice(at, end).indexOf(aim.text) : -1;
    return place(inside > 0 ? at + inside : at);
  };
};
