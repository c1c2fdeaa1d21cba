import { TEAM } from '../slack/workspace.ts';
import type { SlackChannel, SlackMessage, Workspace } from '../slack/workspace.ts';
import { drawBlocks } from './blocks.ts';
import { clockTime, html } from './html.ts';
import type { Html, Part } from './html.ts';
import { icon } from './icons.ts';
import { mrkdwn, plainText } from './mrkdwn.ts';
import type { Directory } from './mrkdwn.ts';

const SHOWN = 40;

const directoryOf = (workspace: Workspace): Directory => ({
  users: new Map(workspace.users.map((user) => [user.id, user.name])),
  channels: new Map(workspace.channels.map((channel) => [channel.id, channel.name])),
});

const idOf = (message: SlackMessage, place: string): string => `${place}-${message.ts.replace('.', '-')}`;

const body = (message: SlackMessage, directory: Directory): Part =>
  message.blocks.length > 0 ? drawBlocks(message.blocks, directory) : html`<p>${mrkdwn(message.text, directory)}</p>`;

const edited = (message: SlackMessage): Part => {
  if (message.edits === 0 || message.editedAt === null) return null;
  const times = message.edits === 1 ? 'once' : `${message.edits} times`;
  return html`<p class="edited">(edited ${times}, last at ${clockTime(message.editedAt)})</p>`;
};

const frame = (message: SlackMessage, place: string, inside: Part): Html =>
  html` <li class="message" id="${idOf(message, place)}" data-arrival>
    <span class="avatar" aria-hidden="true">${icon('nines')}</span>
    <div class="content">
      <p class="byline"><b>Nines</b> <span class="app">APP</span> ${clockTime(message.at)}</p>
      ${inside}
    </div>
  </li>`;

const reply = (message: SlackMessage, directory: Directory): Html =>
  frame(message, 'reply', [
    body(message, directory),
    edited(message),
    message.broadcast ? html`<p class="quiet">${icon('hash')} Also sent to the channel</p>` : null,
  ]);

const thread = (root: SlackMessage, replies: readonly SlackMessage[], directory: Directory): Part => {
  if (replies.length === 0) return null;
  const count = replies.length === 1 ? '1 reply' : `${replies.length} replies`;
  return html`<details class="thread" id="${idOf(root, 'thread')}" open>
    <summary>${count} <span class="quiet">last at ${clockTime(replies.at(-1)!.at)}</span></summary>
    <ol>
      ${replies.map((message) => reply(message, directory))}
    </ol>
  </details>`;
};

/** The first words of a message, for the line above a broadcast reply. */
const excerpt = (message: SlackMessage): string => {
  const header = message.blocks.find((block) => block.type === 'header')?.['text'] as { text?: string } | undefined;
  const text = plainText(header?.text ?? message.text).replaceAll(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};

const entry = (channel: SlackChannel, message: SlackMessage, directory: Directory): Html => {
  const { messages } = channel;
  if (message.threadTs === null) {
    const replies = messages.filter((other) => other.threadTs === message.ts);
    return frame(message, 'message', [body(message, directory), edited(message), thread(message, replies, directory)]);
  }
  const root = messages.find((other) => other.ts === message.threadTs)!;
  return frame(message, 'message', [
    html`<p class="quiet">
      replied to a thread: <a class="link" href="#${idOf(root, 'message')}">${excerpt(root)}</a>
    </p>`,
    body(message, directory),
    edited(message),
  ]);
};

const drawChannel = (channel: SlackChannel, directory: Directory): Html => {
  const feed = channel.messages.filter((message) => message.threadTs === null || message.broadcast);
  const hidden = Math.max(0, feed.length - SHOWN);
  const empty = html`<p class="empty">Nothing has arrived. When somebody must know, it stands here.</p>`;
  return html`<section class="channel" aria-label="Channel ${channel.name}">
    <h3>${icon('hash')}${channel.name}</h3>
    ${hidden > 0 ? html`<p class="empty">${hidden} earlier messages are not shown.</p>` : null}
    ${
      feed.length === 0
        ? empty
        : html`<ol class="feed">
            ${feed.slice(hidden).map((message) => entry(channel, message, directory))}
          </ol>`
    }
  </section>`;
};

/** The workspace: its first channel always, the others once something arrived there. */
export const drawSlack = (workspace: Workspace): Html => {
  const shown = workspace.channels.filter((channel, index) => index === 0 || channel.messages.length > 0);
  const directory = directoryOf(workspace);
  return html` <header class="bar">
      <h2>Slack</h2>
      <p>${TEAM.name}</p>
    </header>
    ${shown.map((channel) => drawChannel(channel, directory))}`;
};
