import type { SlackBlock, SlackPost } from '../../client/slack.ts';
import type { Message } from '../../incident/message.ts';
import type { Notification } from '../../incident/notification.ts';
import { buttonUrl, dateText, escaped, line, plain } from './text.ts';

/** What Slack shows of a notification; `text` stands alone where blocks are not shown (phone, watch, screen reader). */
export type Layout = Required<Pick<SlackPost, 'text' | 'blocks' | 'metadata'>>;

// Slack refuses an update with a text of more than 4,000 and recommends as much for posts; how it counts is not said.
const TEXT_MAX = 3_000;

const EMOJI = { critical: '🔴', warning: '🟠', info: '🔵' } as const;

const STATE_EMOJI: Readonly<Partial<Record<Message['state'], string>>> = {
  acknowledged: '👀',
  snoozed: '💤',
  clearing: '🟢',
  resolved: '✅',
};

const ALERT_WORD = { firing: 'firing since', stale: 'without data since', clear: 'clear since' } as const;

const open = (message: Message): boolean => message.state !== 'resolved';

const word = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const headline = (message: Message): string => {
  const mark = STATE_EMOJI[message.state] ?? EMOJI[message.severity];
  const what = message.state === 'triggered' || message.state === 'recovering' ? message.severity : message.state;
  return `${mark} ${word(what)} · ${message.title}`;
};

const budgetText = (share: number): string => {
  const percent = `${(Math.abs(share) * 100).toFixed(1)} %`;
  return share < 0 ? `overspent by ${percent}` : percent;
};

type Part = { type: string } & Record<string, unknown>;

/** One revision, one set of ids: Slack keeps what it knows of a block under its id. */
const numbered = (message: Message, parts: readonly (Part | null)[]): SlackBlock[] =>
  parts
    .filter((part) => part !== null)
    .slice(0, 50)
    .map((part, index) => Object.assign(part, { block_id: `${message.incident}/${message.revision}/${index}` }));

const mrkdwn = (text: string): Record<string, unknown> => ({ type: 'mrkdwn', text, verbatim: true });

const section = (text: string): Part => ({ type: 'section', text: mrkdwn(text) });

const context = (text: string): Part => ({ type: 'context', elements: [mrkdwn(text)] });

const button = (id: string, label: string, url: string | null, style?: 'primary'): Record<string, unknown> | null => {
  const address = buttonUrl(url);
  if (!address) return null;
  const text = { type: 'plain_text', text: label, emoji: true };
  return { type: 'button', action_id: id, text, url: address, ...(style ? { style } : {}) };
};

const links = (message: Message): Part | null => {
  const waits = message.state === 'triggered' || message.state === 'recovering';
  const elements = [
    waits
      ? button('nines.open', 'Open in Nines to acknowledge', message.url, 'primary')
      : button('nines.open', 'Open in Nines', message.url),
    button('nines.runbook', 'Runbook', message.runbook),
  ].filter((element) => element !== null);
  return elements.length > 0 ? { type: 'actions', elements } : null;
};

const stateText = ({ state, acknowledgedBy, level }: Message): string => {
  const by = acknowledgedBy === null ? '' : line(acknowledgedBy, 200);
  const who = by && (state === 'acknowledged' ? ` by ${by}` : `, acknowledged by ${by}`);
  return `${state}${who}${level === null ? '' : ` · L${level}`}`;
};

const budgetLine = ({ budgetRemaining }: Message): string | null =>
  budgetRemaining === null ? null : budgetText(budgetRemaining);

const fields = (message: Message): Part => {
  const budget = budgetLine(message);
  const shown = [
    `*State*\n${stateText(message)}`,
    `*Since*\n${dateText(message.openedAt)}`,
    budget && `*Error budget left*\n${budget}`,
    `*Service*\n${line(`${message.system}/${message.service} (${message.environment})`, 1_900)}`,
  ];
  return { type: 'section', fields: shown.filter((field) => field !== null).map(mrkdwn) };
};

const alertSections = (message: Message): Part[] => [
  ...message.alerts.map((alert) =>
    section(
      `*${line(alert.title, 900)}*\n${escaped(alert.detail, 1_800)}\n${word(ALERT_WORD[alert.status])} ${dateText(alert.since)}`,
    ),
  ),
  ...(message.moreAlerts > 0 ? [section(`and ${message.moreAlerts} more`)] : []),
];

const nextText = (message: Message): string | null =>
  message.next === null || !open(message) ? null : `*Next* ${line(message.next, 2_900)}`;

const runbookText = (message: Message): string | null =>
  message.runbook === null || buttonUrl(message.runbook) ? null : `*Runbook* ${line(message.runbook, 2_900)}`;

const footer = (message: Message, possibleRepeat: boolean): Part => {
  const repeat = possibleRepeat ? ' · possible repeat: an earlier attempt may have arrived' : '';
  return context(
    `Incident ${line(message.incident, 200)} · episode ${message.episode} · revision ${message.revision}${repeat}`,
  );
};

const optional = (text: string | null): Part | null => (text === null ? null : section(text));

const metadata = (notification: Notification): Layout['metadata'] => ({
  event_type: 'nines_delivery',
  event_payload: {
    delivery: notification.key,
    incident: notification.incident,
    revision: notification.message.revision,
  },
});

const fallback = (message: Message): string => `${headline(message)}${message.text ? `. ${message.text}` : ''}`;

/** The one message of an incident: how it stands now. Also what an update writes over it. */
export const rootLayout = (notification: Notification, possibleRepeat: boolean): Layout => {
  const { message } = notification;
  return {
    text: escaped(fallback(message), TEXT_MAX),
    blocks: numbered(message, [
      { type: 'header', text: { type: 'plain_text', text: plain(headline(message), 150), emoji: true } },
      fields(message),
      ...alertSections(message),
      optional(nextText(message)),
      optional(runbookText(message)),
      links(message),
      footer(message, possibleRepeat),
    ]),
    metadata: metadata(notification),
  };
};

const numbers = (message: Message): string => {
  const budget = budgetLine(message);
  const since = `Since ${dateText(message.openedAt)}${budget === null ? '' : ` · error budget left: ${budget}`}`;
  const detail = message.alerts[0]?.detail;
  return detail ? `${escaped(detail, 2_500)}\n${since}` : since;
};

/** What must buzz. `mention` comes from the definition and is the only markup that may call people. */
export const pageLayout = (notification: Notification, mention: string | null, possibleRepeat: boolean): Layout => {
  const { message } = notification;
  const call = mention === null ? '' : `${mention} `;
  const repeat = possibleRepeat ? ' (possible repeat)' : '';
  const title = `${EMOJI[message.severity]} ${word(message.severity)} · ${message.title}${repeat}`;
  return {
    text: `${call}${escaped(`${title}. ${message.text}`, TEXT_MAX - call.length)}`,
    blocks: numbered(message, [
      section(`${call}*${line(title, 1_000)}*\n${escaped(message.text, 1_500)}`),
      section(numbers(message)),
      optional(nextText(message)),
      optional(runbookText(message)),
      links(message),
      footer(message, possibleRepeat),
    ]),
    metadata: metadata(notification),
  };
};

/** A silent line in the thread. */
export const noteLayout = (notification: Notification): Layout => {
  const { message } = notification;
  // Slack takes no empty text.
  const text = message.text.trim() || message.title;
  return {
    text: escaped(text, TEXT_MAX),
    blocks: numbered(message, [section(escaped(text, 3_000))]),
    metadata: metadata(notification),
  };
};
