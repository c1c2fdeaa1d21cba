import type { Block } from '../slack/blocks.ts';
import { html, safeLink } from './html.ts';
import type { Html, Part } from './html.ts';
import { mrkdwn, plainText } from './mrkdwn.ts';
import type { Directory } from './mrkdwn.ts';

type Fields = Readonly<Record<string, unknown>>;

const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? (value as Fields[]) : []);
const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOf = (value: unknown): string => stringOf((value as Fields | undefined)?.['text']);

const drawText = (text: unknown, directory: Directory): Part =>
  (text as Fields)['type'] === 'mrkdwn' ? mrkdwn(textOf(text), directory) : plainText(textOf(text));

const drawButton = (button: Fields): Html => {
  const label = plainText(textOf(button['text']));
  const style = button['style'] === 'primary' || button['style'] === 'danger' ? ` ${button['style']}` : '';
  if (button['url'] !== undefined) return safeLink(stringOf(button['url']), label, `slack-button${style}`);
  // Slack would call the sender back; the stand-in has nobody to call.
  return html`<span class="slack-button inert${style}" title="Does nothing in the lab">${label}</span>`;
};

const drawElement = (element: Fields, directory: Directory): Html => {
  if (element['type'] === 'button') return drawButton(element);
  if (element['type'] === 'image') return html`<span class="picture">${stringOf(element['alt_text'])}</span>`;
  return html`<span>${drawText(element, directory)}</span>`;
};

const drawSection = (block: Fields, directory: Directory): Html => {
  const { text, fields, accessory } = block;
  return html`<div class="section">
    <div>
      ${text === undefined ? null : html`<p>${drawText(text, directory)}</p>`}
      ${
        fields === undefined
          ? null
          : html`<div class="fields">${list(fields).map((field) => html`<p>${drawText(field, directory)}</p>`)}</div>`
      }
    </div>
    ${accessory === undefined ? null : drawElement(accessory as Fields, directory)}
  </div>`;
};

const DRAW: Readonly<Record<string, (block: Fields, directory: Directory) => Html>> = {
  header: (block) => html`<p class="header">${plainText(textOf(block['text']))}</p>`,
  section: drawSection,
  context: (block, directory) =>
    html`<div class="context">${list(block['elements']).map((element) => drawElement(element, directory))}</div>`,
  actions: (block, directory) =>
    html`<div class="actions">${list(block['elements']).map((element) => drawElement(element, directory))}</div>`,
  divider: () => html`<hr />`,
  image: (block, directory) => drawElement({ ...block, type: 'image' }, directory),
  markdown: (block) => html`<p>${stringOf(block['text'])}</p>`,
};

/** The blocks that `checkBlocks` lets pass, as Slack draws them; pictures by their alternative text. */
export const drawBlocks = (blocks: readonly Block[], directory: Directory): Part =>
  blocks.map((block) => DRAW[block.type]?.(block, directory) ?? null);
