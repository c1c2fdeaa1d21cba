import { EVENT_ID, getScalarValue } from 'js-yaml';
import type { Event } from 'js-yaml';

export type Path = readonly PropertyKey[];
/** Counted from 1, columns in UTF-16 units as editors count them. */
export type Place = { line: number; column: number };
/** `key` points at the field's name; `text` at the first place inside the value where it stands. */
export type Aim = { key?: boolean; text?: string };
/** The place of a value; of its nearest container where the path ends earlier. */
export type Locate = (path: Path, aim?: Aim) => Place;

/** A value of the text: where it begins and ends, and what it holds. `size` counts it with all it holds, aliases expanded. */
type Node = {
  at: number;
  end: number;
  fields: Map<string, { key: number; node: Node }> | null;
  items: Node[] | null;
  size: number;
  open: boolean;
};

/** A mistake of the text itself, at an offset. */
export type Flaw = { at: number; message: string };

export type Tree = { roots: readonly Node[]; flaws: readonly Flaw[] };

const MOST_VALUES = 200_000;

type Frame = { node: Node; key: { name: string; at: number } | null; isMapping: boolean };

/** Events of a text → where every value stands, and the flaws that values no longer show: cycles, bombs, duplicate keys. */
export const buildTree = (text: string, events: readonly Event[]): Tree => {
  const roots: Node[] = [];
  const flaws: Flaw[] = [];
  const anchors = new Map<string, { node: Node; name: string }>();
  const frames: (Frame | null)[] = [];
  let values = 0;

  const put = (node: Node, name: string): void => {
    const frame = frames.at(-1);
    if (!frame) {
      roots.push(node);
    } else if (!frame.isMapping) {
      frame.node.items?.push(node.at < 0 ? { ...node, at: frame.node.at } : node);
      frame.node.size += node.size;
    } else if (frame.key === null) {
      frame.key = { name, at: node.at };
    } else {
      if (frame.node.fields?.has(frame.key.name))
        flaws.push({ at: frame.key.at, message: `${frame.key.name} stands here twice` });
      frame.node.fields?.set(frame.key.name, {
        key: frame.key.at,
        node: node.at < 0 ? { ...node, at: frame.key.at } : node,
      });
      frame.node.size += node.size;
      frame.key = null;
    }
  };

  const remember = (event: { anchorStart: number; anchorEnd: number }, node: Node, name: string): void => {
    if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), { node, name });
  };

  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      anchors.clear();
      frames.push(null);
    } else if (event.type === EVENT_ID.SCALAR) {
      const node: Node = { at: event.valueStart, end: event.valueEnd, fields: null, items: null, size: 1, open: false };
      const name = getScalarValue(text, event);
      remember(event, node, name);
      put(node, name);
    } else if (event.type === EVENT_ID.ALIAS) {
      const at = event.anchorStart - 1;
      const anchor = anchors.get(text.slice(event.anchorStart, event.anchorEnd));
      if (anchor?.node.open)
        flaws.push({
          at,
          message: `*${text.slice(event.anchorStart, event.anchorEnd)} must not stand inside of what it repeats`,
        });
      values += anchor?.node.size ?? 0;
      put(
        {
          at,
          end: event.anchorEnd,
          fields: null,
          items: null,
          size: 1,
          ...(anchor ? aliased(anchor.node) : {}),
          open: false,
        },
        anchor?.name ?? '',
      );
    } else if (event.type === EVENT_ID.POP) {
      const frame = frames.pop();
      if (!frame) continue;
      frame.node.open = false;
      put(frame.node, '');
    } else {
      const isMapping = event.type === EVENT_ID.MAPPING;
      const node: Node = {
        at: event.start,
        end: -1,
        fields: isMapping ? new Map() : null,
        items: isMapping ? null : [],
        size: 1,
        open: true,
      };
      remember(event, node, '');
      frames.push({ node, key: null, isMapping });
    }
    if (values > MOST_VALUES) {
      flaws.push({
        at: 'anchorStart' in event ? event.anchorStart - 1 : 0,
        message: `aliases must not repeat more than ${MOST_VALUES} values in one file`,
      });
      break;
    }
  }
  return { roots, flaws };
};

const aliased = (target: Node): Pick<Node, 'fields' | 'items' | 'size'> => ({
  fields: target.fields,
  items: target.items,
  size: target.size,
});

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
    const inside = aim.text && found.isWhole && end > at ? text.slice(at, end).indexOf(aim.text) : -1;
    return place(inside > 0 ? at + inside : at);
  };
};
