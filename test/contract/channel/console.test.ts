import { describe, expect, it } from 'vitest';
import { createConsoleChannel } from '../../../src/notify/console.ts';
import { HOSTILE, notification } from '../../notify/notifications.ts';

const context = { root: null, possibleRepeat: false, signal: new AbortController().signal };

describe('the console as a channel', () => {
  it('prints one line per notification, with what a person needs', async () => {
    const lines: string[] = [];
    const channel = createConsoleChannel({ id: 'terminal', write: (line) => lines.push(line) });
    expect(await channel.send(notification('page'), context)).toEqual({ outcome: 'sent', ref: null });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^\[on-call\] page L2 critical triggered: duru-notes\/api: .*incidents\/01JD4QZ8X6M2V0+1\n$/,
    );
  });

  it('stays one line and harmless to a terminal whatever the texts hold', async () => {
    const lines: string[] = [];
    const channel = createConsoleChannel({ id: 'terminal', write: (line) => lines.push(line) });
    await channel.send(notification('note', { ...HOSTILE, text: 'a\n\u001b[31mb\r\u009b0m' }), context);
    // oxlint-disable-next-line no-control-regex -- what must not be there
    expect(lines.join('')).toMatch(/^[^\u0000-\u001f\u007f-\u009f]+\n$/);
  });

  it('tries again when the output is closed', async () => {
    const channel = createConsoleChannel({
      id: 'terminal',
      write: () => {
        throw new Error('EPIPE');
      },
    });
    expect(await channel.send(notification('page'), context)).toMatchObject({ outcome: 'retry' });
  });
});
