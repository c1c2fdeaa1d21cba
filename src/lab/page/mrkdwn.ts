import { html, safeLink } from './html.ts';
import type { Html, Part } from './html.ts';

/** Who and what `<@U…>` and `<#C…>` stand for. */
export type Directory = { users: ReadonlyMap<string, string>; channels: ReadonlyMap<string, string> };

const EMOJI: Readonly<Record<string, string>> = {
  rotating_light: '🚨',
  fire: '🔥',
  warning: '⚠️',
  white_check_mark: '✅',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  large_orange_circle: '🟠',
  red_circle: '🔴',
  bell: '🔔',
  eyes: '👀',
  zzz: '💤',
  memo: '📝',
  repeat: '🔁',
  arrow_up: '⬆️',
  hourglass_flowing_sand: '⏳',
  mega: '📣',
};

const TOKEN = new RegExp(
  [
    '```(?<pre>[\\s\\S]+?)```',
    '`(?<code>[^`\\n]+)`',
    '<(?<control>[^<>\\n]+)>',
    '(?<![\\w*])\\*(?<bold>\\S(?:[^*\\n]*[^\\s*])?)\\*(?![\\w*])',
    '(?<![\\w_])_(?<italic>\\S(?:[^_\\n]*[^\\s_])?)_(?![\\w_])',
    '(?<![\\w~])~(?<strike>\\S(?:[^~\\n]*[^\\s~])?)~(?![\\w~])',
    ':(?<emoji>[a-z0-9_+-]{1,40}):',
    '(?<line>\\n)',
  ].join('|'),
  'g',
);

/** Slack escapes these three and no others. */
const decode = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const emoji = (name: string): string => EMOJI[name] ?? `:${name}:`;

const mention = (text: string): Html => html`<span class="mention">${text}</span>`;

const control = (inner: string, directory: Directory): Html => {
  const [target = '', label] = inner.split('|', 2).map(decode);
  if (target.startsWith('@')) return mention(`@${directory.users.get(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith('#')) return mention(`#${directory.channels.get(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith('!subteam^')) return mention(label ?? '@user-group');
  if (target.startsWith('!date^')) return html`${label ?? target}`;
  if (target.startsWith('!')) return mention(`@${target.slice(1)}`);
  return safeLink(target, label ?? target, 'link');
};

const one = (groups: Readonly<Record<string, string | undefined>>, directory: Directory): Part => {
  const { pre, code, control: inner, bold, italic, strike } = groups;
  if (pre !== undefined) return html`<pre>${decode(pre.replace(/^\n/, ''))}</pre>`;
  if (code !== undefined) return html`<code>${decode(code)}</code>`;
  if (inner !== undefined) return control(inner, directory);
  if (bold !== undefined) return html`<strong>${mrkdwn(bold, directory)}</strong>`;
  if (italic !== undefined) return html`<em>${mrkdwn(italic, directory)}</em>`;
  if (strike !== undefined) return html`<s>${mrkdwn(strike, directory)}</s>`;
  return groups['emoji'] === undefined ? html`<br />` : emoji(groups['emoji']);
};

/** Slack's mrkdwn as Slack draws it (https://docs.slack.dev/messaging/formatting-message-text). */
export const mrkdwn = (text: string, directory: Directory): Html => {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    parts.push(decode(text.slice(end, match.index)), one(match.groups!, directory));
    end = match.index + match[0].length;
  }
  return html`${[...parts, decode(text.slice(end))]}`;
};

/** plain_text knows emoji and nothing else. */
export const plainText = (text: string): string =>
  decode(text.replace(/:([a-z0-9_+-]{1,40}):/g, (_, name: string) => emoji(name)));
