const CUT = '…';

/**
 * `text` with every character as `show` writes it, at most `max` long (UTF-16 units), ending in … where something is
 * missing; never cut within a character or within what `show` made of one.
 */
export const cut = (text: string, max: number, show = (character: string): string => character): string => {
  let shown = '';
  // Where to cut if the text turns out to be too long.
  let cutAt = 0;
  for (const character of text) {
    shown += show(character);
    if (shown.length <= max - CUT.length) cutAt = shown.length;
    if (shown.length > max) return shown.slice(0, cutAt) + CUT;
  }
  return shown;
};
