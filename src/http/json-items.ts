const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OBJECT, OBJECT_END, ARRAY, ARRAY_END] = [0x7b, 0x7d, 0x5b, 0x5d];
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Others get their turn after so many bytes: half a millisecond. */
const PIECE = 64 * 1024;

/** Index of the quote that ends the string which begins at `from`. */
const stringEnd = (json: Buffer, from: number): number => {
  for (let at = json.indexOf(QUOTE, from + 1); at > 0; at = json.indexOf(QUOTE, at + 1)) {
    let before = at;
    while (json[before - 1] === BACKSLASH) before--;
    if ((at - before) % 2 === 0) return at;
  }
  return json.length;
};

/**
 * Takes a large JSON object apart without holding up the loop: the objects in its array `name` as the bytes they are,
 * and the text without them. null where that array holds anything but objects. Whether each part is JSON shows when it
 * is parsed.
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
  for (let at = 0; at < json.length; at++) {
    if (at > pauseAt) {
      pauseAt = at + PIECE;
      await breathe();
    }
    const byte = json[at]!;
    const isInside = begins >= 0 && ends < 0 && depth === 2;
    if (byte === QUOTE && !isInside) {
      const end = stringEnd(json, at);
      if (depth === 1) lastString = end - at < 100 ? json.toString('utf8', at, end + 1) : '';
      at = end;
    } else if (byte === OBJECT || (byte === ARRAY && !isInside)) {
      if (isInside) from = at;
      depth++;
      if (byte === ARRAY && depth === 2 && begins < 0 && lastString === key) begins = at;
    } else if (byte === OBJECT_END || byte === ARRAY_END) {
      depth--;
      if (begins >= 0 && ends < 0 && depth === 2) items.push(json.subarray(from, at + 1));
      if (begins >= 0 && ends < 0 && depth === 1) ends = at;
    } else if (isInside && byte !== COMMA && !SPACES.has(byte)) return null;
  }
  const rest =
    begins < 0
      ? json.toString()
      : json.toString('utf8', 0, begins + 1) + json.toString('utf8', Math.max(ends, begins + 1));
  return { rest, items };
};
