import { EVENT_ID, SCALAR_STYLE, getScalarValue } from 'js-yaml';
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';

/** A value of the text: from where to where it stands (`end` of scalars only), and what it holds. */
export type Node = {
  at: number;
  end: number;
  fields: Map<string, { key: number; node: Node }> | null;
  items: Node[] | null;
  /** Values in it and itself, those of aliases counted each time. */
  size: number;
};

/** A mistake of the text itself, at an offset. */
export type Flaw = { at: number; message: string };

/** One root per document. */
export type Tree = { roots: readonly Node[]; flaws: readonly Flaw[] };

const MOST_VALUES = 200_000;

type Frame = { node: Node; isMapping: boolean; key: { name: string; at: number } | null };

type Building = {
  text: string;
  roots: Node[];
  flaws: Flaw[];
  /** What an alias repeats; `name` is its text, for aliases that are keys. */
  anchors: Map<string, { node: Node; name: string }>;
  /** What is open, outermost first. */
  frames: Frame[];
  repeated: number;
};

/**
 * Events of a text → where every value stands, and the flaws that the constructed values would hide or multiply: keys
 * that stand twice, aliases inside of what they repeat, aliases that repeat too much.
 */
export const buildTree = (text: string, events: readonly Event[]): Tree => {
  const building: Building = { text, roots: [], flaws: [], anchors: new Map(), frames: [], repeated: 0 };
  let documents = 0;
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        building.anchors.clear();
        documents++;
        break;
      case EVENT_ID.SCALAR:
        putScalar(building, event);
        break;
      case EVENT_ID.ALIAS:
        putAlias(building, event);
        if (building.repeated > MOST_VALUES) return building;
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        open(building, event);
        break;
      case EVENT_ID.POP: {
        // The last one closes the document, which is no frame.
        const frame = building.frames.pop();
        if (frame) put(building, frame.node, '');
        break;
      }
    }
  }
  if (documents > 1) {
    const second = building.roots[1]?.at ?? -1;
    const message = 'document must be the only one of its file; move it to a file of its own';
    building.flaws.push({ at: second < 0 ? text.length : second, message });
  }
  return building;
};

/** Adds a finished value to what is open around it. `name` is its text, for the case that it is a key. */
const put = ({ roots, flaws, frames }: Building, node: Node, name: string): void => {
  const frame = frames.at(-1);
  if (!frame) {
    roots.push(node);
    return;
  }
  if (!frame.isMapping) {
    frame.node.items?.push(standing(node, frame.node.at));
  } else if (frame.key === null) {
    frame.key = { name, at: node.at };
    return;
  } else {
    const { key } = frame;
    if (frame.node.fields?.has(key.name)) flaws.push({ at: key.at, message: `${key.name} stands here twice` });
    frame.node.fields?.set(key.name, { key: key.at, node: standing(node, key.at) });
    frame.key = null;
  }
  frame.node.size += node.size;
};

/** A value that was left out stands where its key, or its list, does. */
const standing = (node: Node, at: number): Node => (node.at < 0 ? { ...node, at } : node);

const putScalar = (building: Building, event: ScalarEvent): void => {
  const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  const at = isQuoted ? event.valueStart - 1 : event.valueStart;
  const node: Node = { at, end: event.valueEnd, fields: null, items: null, size: 1 };
  const name = getScalarValue(building.text, event);
  remember(building, event, node, name);
  put(building, node, name);
};

const putAlias = (building: Building, event: { anchorStart: number; anchorEnd: number }): void => {
  const name = building.text.slice(event.anchorStart, event.anchorEnd);
  const at = event.anchorStart - 1;
  const anchor = building.anchors.get(name);
  const node: Node = { at, end: event.anchorEnd, fields: null, items: null, size: 1 };
  if (anchor && building.frames.some((frame) => frame.node === anchor.node)) {
    building.flaws.push({ at, message: `*${name} must not stand inside of what it repeats` });
  } else if (anchor) {
    const { fields, items, size } = anchor.node;
    Object.assign(node, { fields, items, size });
    building.repeated += size;
    if (building.repeated > MOST_VALUES)
      building.flaws.push({ at, message: `aliases must not repeat more than ${MOST_VALUES} values in one file` });
  }
  put(building, node, anchor?.name ?? name);
};

const open = (building: Building, event: SequenceEvent | MappingEvent): void => {
  const isMapping = event.type === EVENT_ID.MAPPING;
  const node: Node = {
    at: event.start,
    end: -1,
    fields: isMapping ? new Map() : null,
    items: isMapping ? null : [],
    size: 1,
  };
  remember(building, event, node, '');
  building.frames.push({ node, isMapping, key: null });
};

const remember = (
  { text, anchors }: Building,
  event: { anchorStart: number; anchorEnd: number },
  node: Node,
  name: string,
): void => {
  if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), { node, name });
};
