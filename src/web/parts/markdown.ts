import { Marked } from 'marked';
import type { MarkedToken, Token, Tokens } from 'marked';
import { html, join } from '../html.ts';
import type { Html, Piece } from '../html.ts';

const reader = new Marked({ gfm: true });

/** As GitHub names the anchor of a heading, so that one link fits both: `SLI no data` → `sli-no-data`. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

const plain = (tokens: readonly Token[]): string =>
  tokens
    .map((token) =>
      'tokens' in token && token.tokens ? plain(token.tokens) : 'text' in token ? String(token.text) : '',
    )
    .join('');

/** Web addresses, anchors, and other runbooks (`certificates.md`); anything else is no link. */
const hrefOf = (address: string): string | null => {
  if (/^#[\w-]*$/.test(address)) return address;
  if (/^[\w-]+\.md(#[\w-]*)?$/.test(address)) return `/runbooks/${address}`;
  const url = URL.parse(address);
  return url && /^https?:$/.test(url.protocol) ? url.href : null;
};

const link = ({ href, tokens }: Tokens.Link): Piece => {
  const address = hrefOf(href);
  if (address === null) return inline(tokens);
  const isOurs = !address.includes(':');
  return isOurs
    ? html`<a href="${address}">${inline(tokens)}</a>`
    : html`<a href="${address}" rel="noreferrer">${inline(tokens)}</a>`;
};

const inline = (tokens: readonly Token[]): Html => join(tokens.map((token) => inlinePiece(token as MarkedToken)));

// What stands in no line of text is shown as it is written.
const inlinePiece = (token: MarkedToken): Piece => {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check
  switch (token.type) {
    case 'strong':
      return html`<strong>${inline(token.tokens)}</strong>`;
    case 'em':
      return html`<em>${inline(token.tokens)}</em>`;
    case 'del':
      return html`<s>${inline(token.tokens)}</s>`;
    case 'codespan':
      return html`<code>${token.text}</code>`;
    case 'br':
      return html`<br />`;
    case 'link':
      return link(token);
    case 'image':
      return token.text;
    case 'text':
      return token.tokens ? inline(token.tokens) : token.text;
    case 'checkbox':
      return token.checked ? '\u2611 ' : '\u2610 ';
    case 'escape':
      return token.text;
    default:
      return token.raw;
  }
};

const heading = ({ depth, tokens }: Tokens.Heading): Html => {
  const id = anchorOf(plain(tokens));
  if (depth === 1) return html`<h1 id="${id}">${inline(tokens)}</h1>`;
  if (depth === 2) return html`<h2 id="${id}">${inline(tokens)}</h2>`;
  return html`<h3 id="${id}">${inline(tokens)}</h3>`;
};

const list = ({ ordered, start, items }: Tokens.List): Html => {
  const entries = items.map(({ tokens }) => html`<li>${blocks(tokens)}</li>`);
  return ordered
    ? html`<ol start="${start || 1}">
        ${entries}
      </ol>`
    : html`<ul>
        ${entries}
      </ul>`;
};

const table = ({ header, rows }: Tokens.Table): Html =>
  html`<div class="wide" tabindex="0" role="group" aria-label="Table">
    <table>
      <thead>
        <tr>
          ${header.map(({ tokens }) => html`<th scope="col">${inline(tokens)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map(({ tokens }) => html`<td>${inline(tokens)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

const block = (token: MarkedToken): Piece => {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      return heading(token);
    case 'paragraph':
      return html`<p>${inline(token.tokens)}</p>`;
    case 'list':
      return list(token);
    case 'code':
      return html`<pre tabindex="0"><code>${token.text}</code></pre>`;
    case 'blockquote':
      return html`<blockquote>${blocks(token.tokens)}</blockquote>`;
    case 'table':
      return table(token);
    case 'hr':
      return html`<hr />`;
    case 'html':
      return html`<p>${token.text}</p>`;
    default:
      return inlinePiece(token);
  }
};

const blocks = (tokens: readonly Token[]): Html => join(tokens.map((token) => block(token as MarkedToken)));

/** The first heading, without its marks; null when there is none. */
export const titleOf = (markdown: string): string | null => {
  const first = reader.lexer(markdown).find(({ type }) => type === 'heading');
  return first && 'tokens' in first && first.tokens ? plain(first.tokens) : null;
};

/**
 * The part of a page below its second-level heading with this anchor, as a page of its own; null when there is none. What it
 * links to elsewhere on `page` (`README.md`) leads there.
 */
export const sectionOf = (markdown: string, anchor: string, page: string): string | null => {
  const tokens = reader.lexer(markdown) as MarkedToken[];
  const isHeading = (token: MarkedToken): token is Tokens.Heading => token.type === 'heading';
  const from = tokens.findIndex(
    (token) => isHeading(token) && token.depth === 2 && anchorOf(plain(token.tokens)) === anchor,
  );
  const [first, ...rest] = from < 0 ? [] : tokens.slice(from);
  if (first === undefined || !isHeading(first)) return null;
  const end = rest.findIndex((token) => isHeading(token) && token.depth <= 2);
  const own = end < 0 ? rest : rest.slice(0, end);
  const anchors = new Set(own.filter(isHeading).map((token) => anchorOf(plain(token.tokens))));
  const text = own
    .map(({ raw }) => raw)
    .join('')
    .replace(/\]\(#([\w-]+)\)/g, (whole, to: string) => (anchors.has(to) ? whole : `](${page}#${to})`));
  return `# ${first.text}\n\n${text.replace(/^\n+/, '')}`;
};

/**
 * Markdown (GitHub's) as HTML of ours. All text goes through the escaping template, HTML in it is shown as text, and links
 * lead to web addresses, anchors and neighbours only, so that a page by anybody can do no harm.
 */
export const markdownHtml = (markdown: string): Html => blocks(reader.lexer(markdown));
