/** Markup that is safe to send as it stands. Made only by `html`. */
export type Html = { readonly markup: string };
export type Part = string | number | null | Html | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

const markupOf = (part: Part): string => {
  if (part === null) return '';
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
};

/** Template tag: every value is escaped for element and quoted attribute content, unless it is `Html` itself. */
export const html = (strings: TemplateStringsArray, ...values: readonly Part[]): Html => ({
  markup: strings.reduce((text, string, index) => text + markupOf(values[index - 1] ?? null) + string),
});

/** `16:47:05`, with the whole instant for machines. */
export const clockTime = (at: number): Html => {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC">${iso.slice(11, 19)}</time>`;
};

/** A link only where the address leads to the web; its text alone otherwise. */
export const safeLink = (href: string, text: Part, className: string): Html => {
  const protocol = URL.canParse(href) ? new URL(href).protocol : '';
  if (!['http:', 'https:', 'mailto:'].includes(protocol)) return html`<span class="${className}">${text}</span>`;
  return html`<a class="${className}" href="${href}" target="_blank" rel="noopener noreferrer">${text}</a>`;
};
