import type { Notification } from '../incident/notification.ts';
import type { Channel } from './channel.ts';

// One notification is one line, whatever its texts hold; escape sequences must not reach the terminal.
// oxlint-disable-next-line no-control-regex -- these are what must go
const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ').trim();

const lineOf = ({ kind, channel, message }: Notification, possibleRepeat: boolean): string => {
  const level = message.level === null ? '' : ` L${message.level}`;
  const repeat = possibleRepeat ? ' (possible repeat)' : '';
  return oneLine(
    `[${channel}] ${kind}${level} ${message.severity} ${message.state}: ${message.title}: ${message.text}${repeat} ${message.url ?? ''}`,
  );
};

/** Prints one line per notification. */
export const createConsoleChannel = (options: { id: string; write: (line: string) => void }): Channel => ({
  id: options.id,
  send: async (notification, { possibleRepeat }) => {
    try {
      options.write(`${lineOf(notification, possibleRepeat)}\n`);
      return { outcome: 'sent', ref: null };
    } catch {
      return { outcome: 'retry', reason: 'the output cannot be written to', afterMs: null };
    }
  },
  check: async () => ({ ok: true, text: 'console: prints here' }),
});
