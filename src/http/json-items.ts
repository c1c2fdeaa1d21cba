import { refuse } from './errors.ts';

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OBJECT, OBJECT_END, ARRAY, ARRAY_END] = [0x7b, 0x7d, 0x5b, 0x5d];
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Others get their turn after so many bytes: half a millisecond. */
const PIECE = 64 * 1024;

/** Each becomes objects of its own: so many are millions of those in a body of commas and braces. */
const MOST_ITEMS = 50_000;
/** The text without the items is parsed at once. */
const LARGEST_REST = 256 * 1024;

/**
 * Takes a large JSON object apart without holding up the loop: the objects in its array `name` as the bytes they are,
 * and the text without them. null where that array holds anything but objects. Whether each part is JSON shows when it
 * is parsed. Throws `invalid_request` for more than 50,000 items, and for more than 256 KB beside them.
 */
export const itemsOf = async (
  json: Buffer,
  name: string,
  breathe: () => Promise<void>,
): Promise<{ rest: string; items: Buffer[] } | null> => {
  const items: Buffer[] = [];
  const key = JSON.stringify(name);
  let depth = 0;
  let lastString = '';
  let from = 0;
  /** Where the array begins and ends. */
  let [begins, ends] = [-1, -1];
  let pauseAt = PIECE;
  /** Where the string begins that is being read. */
  let string = -1;
  const refuseLong = (read: number): void => {
    const inside = begins < 0 ? 0 : (ends < 0 ? read : ends) - begins;
    if (read - inside > LARGEST_REST)
      refuse('invalid_request', `More than 256 KB beside \`${name}\`: no Alertmanager sends that.`);
  };
  for (let at = 0; at < json.length; at++) {
    if (at > pauseAt) {
      pauseAt = at + PIECE;
      refuseLong(at);
      await breathe();
    }
    const byte = json[at]!;
    if (string >= 0) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) {
        if (depth === 1) lastString = at - string < 100 ? json.toString('utf8', string, at + 1) : '';
        string = -1;
      }
      continue;
    }
    const isInside = begins >= 0 && ends < 0 && depth === 2;
    if (byte === QUOTE && !isInside) string = at;
    else if (byte === OBJECT || (byte === ARRAY && !isInside)) {
      if (isInside) from = at;
      depth++;
      if (byte === ARRAY && depth === 2 && begins < 0 && lastString === key) begins = at;
    } else if (byte === OBJECT_END || byte === ARRAY_END) {
      depth--;
      if (begins >= 0 && ends < 0 && depth === 2) {
        if (items.length === MOST_ITEMS)
          refuse(
            'invalid_request',
            `More than 50,000 ${name} at once: set \`max_alerts\` of the receiver, or group by more labels.`,
          );
        items.push(json.subarray(from, at + 1));
      }
      if (begins >= 0 && ends < 0 && depth === 1) ends = at;
    } else if (isInside && byte !== COMMA && !SPACES.has(byte)) return null;
  }
  refuseLong(json.length);
  const rest =
    begins < 0
      ? json.toString()
      : json.toString('utf8', 0, begins + 1) + json.toString('utf8', Math.max(ends, begins + 1));
  return { rest, items };
};
