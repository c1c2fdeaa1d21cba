import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSlackClient } from '../../src/client/slack.ts';
import type { Notification } from '../../src/incident/notification.ts';
import type { Channel } from '../../src/notify/channel.ts';
import { createSlackChannel } from '../../src/notify/slack/index.ts';
import { messageIdOf } from '../../src/notify/slack/send.ts';
import { Secret } from '../../src/secret.ts';
import { startSlack, type SlackStand } from '../contract/channel/slack-stand.ts';
import { HOSTILE, notification } from './notifications.ts';

const { signal } = new AbortController();

describe('the thread of an incident in Slack', () => {
  let slack: SlackStand;
  let channel: Channel;
  let waits: number[];

  const send = (sent: Notification, root: string | null = null, possibleRepeat = false) =>
    channel.send(sent, { root, possibleRepeat, signal });
  const sendRoot = async (): Promise<string> => {
    const delivery = await send(notification('root'));
    return delivery.outcome === 'sent' ? delivery.ref! : '';
  };
  const reconcile = (sent: Notification, root: string | null = null) =>
    channel.reconcile!(sent, { root, attemptedAt: 1_800_000_000_000, signal });

  beforeEach(async () => {
    slack = await startSlack();
    waits = [];
    channel = createSlackChannel({
      id: 'on-call',
      client: createSlackClient({ token: new Secret(slack.secret), apiUrl: slack.url }),
      channel: 'C1',
      mention: '<!subteam^S1>',
      wait: async (ms) => void waits.push(ms),
    });
  });
  afterEach(() => slack.stop());

  it('begins with a root message whose ref is channel and timestamp', async () => {
    expect(await sendRoot()).toBe('C1:1800000000.000000');
    expect(slack.messages()[0]).toMatchObject({ thread: null, broadcast: false });
    expect(slack.shown()[0]).not.toContain('<!subteam^S1>');
  });

  it('buzzes with a page: a reply shown in the channel that mentions the people', async () => {
    const root = await sendRoot();
    await send(notification('page'), root);
    expect(slack.messages()[1]).toMatchObject({ thread: '1800000000.000000', broadcast: true });
    expect(slack.shown()[1]).toMatch(/^<!subteam\^S1> 🔴 Critical · duru-notes\/api/);
    expect(JSON.stringify(slack.messages()[1]?.blocks)).toContain('<!subteam^S1>');
  });

  it('adds notes silently', async () => {
    const root = await sendRoot();
    await send(notification('note', { text: 'Ann: looking at the gateway' }), root);
    expect(slack.messages()[1]).toMatchObject({ thread: '1800000000.000000', broadcast: false });
    expect(slack.shown()[1]).toBe('Ann: looking at the gateway');
  });

  it('says at least what it is about when a note is empty', async () => {
    expect(await send(notification('note', { text: ' ' }))).toMatchObject({ outcome: 'sent' });
    expect(slack.shown()[0]).toContain('API availability');
  });

  it('changes the root for an update, under new block ids', async () => {
    const root = await sendRoot();
    const before = new Set(slack.messages()[0]!.blocks.map((block) => block['block_id']));
    const change = { state: 'acknowledged', acknowledgedBy: 'Ann', revision: 4 } as const;
    expect(await send(notification('update', change), root)).toEqual({ outcome: 'sent', ref: root });
    expect(slack.messages()).toHaveLength(1);
    expect(slack.shown()[0]).toMatch(/^👀 Acknowledged/);
    const after = slack.messages()[0]!.blocks.map((block) => block['block_id']);
    expect(after.filter((id) => before.has(id))).toEqual([]);
  });

  it('posts the root anew when somebody deleted it, and says where it is now', async () => {
    const root = await sendRoot();
    await send(notification('note'), root);
    slack.forget('1800000000.000000');
    const delivery = await send(notification('update', { revision: 4 }), root);
    expect(delivery).toEqual({ outcome: 'sent', ref: 'C1:1800000000.000001' });
    expect(slack.messages().at(-1)).toMatchObject({ thread: null });
  });

  it('pages on its own when its thread is gone', async () => {
    const root = await sendRoot();
    slack.forget('1800000000.000000');
    expect(await send(notification('page'), root)).toMatchObject({ outcome: 'sent' });
    expect(slack.messages()).toMatchObject([{ thread: null, broadcast: false }]);
  });

  it('repeats an update freely, because the same change twice is one', async () => {
    const root = await sendRoot();
    slack.fault('error-after-storing');
    expect(await send(notification('update'), root)).toMatchObject({ outcome: 'retry' });
  });

  it('says "possible repeat" on what may be there twice', async () => {
    await send(notification('page'), null, true);
    await send(notification('root'), null, true);
    expect(slack.shown()[0]).toContain('possible repeat');
    expect(JSON.stringify(slack.messages()[1]?.blocks)).toContain('possible repeat');
  });

  it('sends the words alone, once, when Slack refuses the layout', async () => {
    slack.refuse('chat.postMessage', 'invalid_blocks');
    expect(await send(notification('page'))).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('invalid_blocks'),
    });
    expect(slack.calls()).toEqual(['chat.postMessage', 'chat.postMessage']);
  });

  it.each([
    ['token_revoked', 'SLACK_BOT_TOKEN'],
    ['missing_scope', 'chat:write'],
    ['is_archived', 'unarchive'],
    ['channel_not_found', 'invite'],
    ['restricted_action_read_only_channel', 'let the app post'],
    ['message_limit_exceeded', 'administrator'],
  ])('gives up after %s and says what to do', async (error, advice) => {
    slack.refuse('chat.postMessage', error);
    expect(await send(notification('page'))).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining(advice),
    });
    expect(slack.calls()).toHaveLength(1);
  });

  it.each(['service_unavailable', 'external_channel_migrating', 'a_word_of_next_year'])(
    'tries again after %s',
    async (error) => {
      slack.refuse('chat.postMessage', error);
      expect(await send(notification('page'))).toMatchObject({ outcome: 'retry' });
    },
  );

  it.each(['fatal_error', 'internal_error', 'request_timeout'])('is not sure after %s', async (error) => {
    slack.refuse('chat.postMessage', error);
    expect(await send(notification('page'))).toMatchObject({ outcome: 'uncertain' });
  });

  it('finds in the thread what may have arrived, page after page', async () => {
    const root = await sendRoot();
    for (const text of ['a', 'b', 'c', 'd']) await send(notification('note', { text }, text), root);
    const page = notification('page');
    await send(page, root);
    expect(await reconcile(page, root)).toEqual({ outcome: 'found', ref: 'C1:1800000000.000005' });
    expect(waits).toEqual([]);
  });

  it('finds a root in the channel, not in a thread', async () => {
    const root = notification('root');
    await send(root);
    expect(await reconcile(root, null)).toEqual({ outcome: 'found', ref: 'C1:1800000000.000000' });
  });

  it('finds in the channel a page whose thread is gone', async () => {
    const page = notification('page');
    await send(page, null);
    expect(await reconcile(page, 'C1:1700000000.000000')).toEqual({ outcome: 'found', ref: 'C1:1800000000.000000' });
  });

  it('believes that it is absent only at a second look, three seconds later', async () => {
    await sendRoot();
    expect(await reconcile(notification('page'))).toEqual({ outcome: 'absent' });
    expect(waits).toEqual([3_000]);
    expect(slack.calls().filter((call) => call === 'conversations.history')).toHaveLength(2);
  });

  it('does not know when it may not look', async () => {
    slack.refuse('conversations.history', 'missing_scope');
    expect(await reconcile(notification('page'))).toMatchObject({
      outcome: 'unknown',
      reason: expect.stringContaining('channels:history'),
    });
  });

  it.each(['root', 'page', 'note', 'update'] as const)('gets hostile texts through as a %s', async (kind) => {
    expect(await send(notification(kind, HOSTILE), await sendRoot())).toMatchObject({ outcome: 'sent' });
    // No second request: the layout itself was within the limits.
    expect(slack.calls()).toHaveLength(2);
  });

  it('gives a delivery the same message id for ever', () => {
    expect(messageIdOf('01J/1/L2/1/slack-oncall/page')).toBe(messageIdOf('01J/1/L2/1/slack-oncall/page'));
    expect(messageIdOf('01J/1/L2/1/slack-oncall/page')).not.toBe(messageIdOf('01J/1/L2/2/slack-oncall/page'));
  });
});
