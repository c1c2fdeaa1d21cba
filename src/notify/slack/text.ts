import { cut } from '../cut.ts';

// A zero-width space: the words stay readable, the mention does not work.
const BREAK = '\u200B';

/** Foreign text cannot call people: `<!here>`, `<@U1>`, `@channel` lose their meaning, control characters their place. */
export const neutralised = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex -- these are what must go
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F]/g, ' ')
    .replaceAll(/<(?=[!@#])/g, `<${BREAK}`)
    // Also at the beginning of a longer word, which may be cut right behind it.
    .replaceAll(/@(?=channel|here|everyone|group)/gi, `@${BREAK}`);

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Foreign text for a `plain_text` object, at most `max` long, never cut within a character. */
export const plain = (text: string, max: number): string => cut(neutralised(text), max);

/**
 * Foreign text for `mrkdwn` and `text`: & < > escaped (https://docs.slack.dev/messaging/formatting-message-text), at most
 * `max` long after escaping, never cut within a character or an escape.
 */
export const escaped = (text: string, max: number): string =>
  cut(neutralised(text), max, (character) => ESCAPES[character] ?? character);

/** The same on one line, where a line break would end a heading. */
export const line = (text: string, max: number): string => escaped(text.replaceAll(/\s+/g, ' ').trim() || '–', max);

/** An absolute http or https address that Slack takes for a button, else null. */
export const buttonUrl = (url: string | null): string | null =>
  url !== null && url.length <= 3_000 && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : null;

/** In the reader's own zone where Slack can show it, in UTC elsewhere. */
export const dateText = (at: number): string =>
  `<!date^${Math.floor(at / 1_000)}^{date_short_pretty} {time}|${utcText(at)}>`;

export const utcText = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
