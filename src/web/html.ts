/** A piece of finished HTML. Only `html` and `join` make one, so whatever else reaches a page is escaped. */
export class Html {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

/** `null`, `undefined` and `false` show nothing, so `${here && html`…`}` reads well. */
export type Piece = Html | string | number | null | undefined | false | readonly Piece[];

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// Control characters have no place in a page, and a parser may read them as something else.
// oxlint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;

export const escape = (text: string): string =>
  text.replace(UNSEEN, '\uFFFD').replace(/[&<>"']/g, (mark) => ESCAPES[mark] ?? mark);

const shown = (piece: Piece): string => {
  if (piece === null || piece === undefined || piece === false) return '';
  if (piece instanceof Html) return piece.toString();
  if (typeof piece === 'string') return escape(piece);
  if (typeof piece === 'number') return String(piece);
  return piece.map(shown).join('');
};

/** The escaping template. Attributes must stand in double quotes: `<a href="${url}">`. */
export const html = (texts: TemplateStringsArray, ...pieces: Piece[]): Html =>
  new Html(texts.map((text, index) => text + (index < pieces.length ? shown(pieces[index]) : '')).join(''));

export const join = (pieces: readonly Piece[], between: Piece = ''): Html =>
  new Html(pieces.map(shown).join(shown(between)));

/** An address for `href`: web addresses only. A path would lead to a page of ours that is not there, `javascript:` elsewhere. */
export const safeHref = (address: string | null): string | null => {
  if (address === null) return null;
  const url = URL.parse(address);
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null;
};

/** An id (slashes and all) as the rest of a path. */
export const idPath = (id: string): string => id.split('/').map(encodeURIComponent).join('/');
