import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { START, startLab } from './given.ts';
import type { StartedLab } from './given.ts';

const channel = 'C0DURUONCALL';
let lab: StartedLab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

const say = async (text: string, more: Record<string, unknown> = {}) => {
  lab.clock.advance(1_000);
  return (await lab.slack('chat.postMessage', { channel, text, ...more })).body;
};
const read = async (method: string, args: Record<string, unknown>) =>
  (await lab.slack(method, { channel, ...args })).body;
const texts = (answer: { messages: { text: string }[] }) => answer.messages.map((message) => message.text);

describe('what was posted can be found again', () => {
  it('two messages of the same millisecond have growing timestamps', async () => {
    const [first, second] = [
      await lab.slack('chat.postMessage', { channel, text: 'a' }),
      await lab.slack('chat.postMessage', { channel, text: 'b' }),
    ];
    expect(first.body.ts).toBe(`${START / 1_000}.000000`);
    expect(second.body.ts).toBe(`${START / 1_000}.000001`);
  });

  it('history is newest first and shows of replies only those sent to the channel', async () => {
    const root = await say('root');
    await say('silent', { thread_ts: root.ts });
    await say('loud', { thread_ts: root.ts, reply_broadcast: 'true' });
    await say('broadcast without a thread is a message', { reply_broadcast: true });
    const answer = await read('conversations.history', {});
    expect(texts(answer)).toEqual(['broadcast without a thread is a message', 'loud', 'root']);
    expect(answer.messages[1]).toMatchObject({ subtype: 'thread_broadcast', thread_ts: root.ts });
    expect(answer.messages[2]).toMatchObject({ thread_ts: root.ts, reply_count: 2 });
  });

  it('replies are the root and its thread, oldest first', async () => {
    const root = await say('root');
    await say('one', { thread_ts: root.ts });
    await say('elsewhere');
    await say('two', { thread_ts: root.ts });
    expect(texts(await read('conversations.replies', { ts: root.ts }))).toEqual(['root', 'one', 'two']);
    expect(await read('conversations.replies', { ts: '1503435956.000247' })).toEqual({
      ok: false,
      error: 'thread_not_found',
    });
  });

  it('metadata comes back only when asked for', async () => {
    const metadata = { event_type: 'nines_delivery', event_payload: { delivery_id: 'd1' } };
    await say('with', { metadata: JSON.stringify(metadata) });
    expect((await read('conversations.history', {})).messages[0].metadata).toBeUndefined();
    const asked = await read('conversations.history', { include_all_metadata: 'true' });
    expect(asked.messages[0].metadata).toEqual(metadata);
  });

  it('a range excludes its ends unless told to include them', async () => {
    const sent = [await say('a'), await say('b'), await say('c')];
    const range = { oldest: sent[0].ts, latest: sent[2].ts };
    expect(texts(await read('conversations.history', range))).toEqual(['b']);
    expect(texts(await read('conversations.history', { ...range, inclusive: true }))).toEqual(['c', 'b', 'a']);
  });

  it('long histories come in pages', async () => {
    for (const text of ['a', 'b', 'c']) await say(text);
    const first = await read('conversations.history', { limit: 2 });
    expect([texts(first), first.has_more]).toEqual([['c', 'b'], true]);
    const rest = await read('conversations.history', { limit: 2, cursor: first.response_metadata.next_cursor });
    expect([texts(rest), rest.has_more]).toEqual([['a'], false]);
    expect((await read('conversations.history', { limit: 0 })).error).toBe('invalid_limit');
    expect((await read('conversations.history', { oldest: 'yesterday' })).error).toBe('invalid_ts_oldest');
  });
});

describe('an update replaces the message whole', () => {
  const blocks = [{ type: 'divider' }];

  it('text without blocks removes the blocks, and only then the message is marked as edited', async () => {
    const { ts } = await say('old', { blocks });
    const kept = await read('chat.update', { ts, text: 'new', blocks });
    expect(kept.message).toMatchObject({ text: 'new', blocks });
    expect(kept.message.edited).toBeUndefined();
    const bare = await read('chat.update', { ts, text: 'newer' });
    expect(bare.message.blocks).toBeUndefined();
    expect(bare.message.edited).toBeDefined();
  });

  it('metadata stays unless it is sent', async () => {
    const metadata = { event_type: 'a', event_payload: {} };
    const { ts } = await say('old', { metadata });
    await read('chat.update', { ts, text: 'new' });
    expect((await read('conversations.history', { include_all_metadata: true })).messages[0].metadata).toEqual(
      metadata,
    );
  });

  it('the lab counts the edits', async () => {
    const { ts } = await say('old');
    await read('chat.update', { ts, text: 'new' });
    expect((await lab.request('/lab/slack')).body.channels[0].messages[0]).toMatchObject({ text: 'new', edits: 1 });
  });

  it.each([
    ['a message that does not exist', { ts: '1503435956.000247', text: 'x' }, 'message_not_found'],
    ['no message', { text: 'x' }, 'invalid_arguments'],
  ])('refuses %s', async (_, args, error) => {
    expect((await read('chat.update', args)).error).toBe(error);
  });

  it('refuses nothing to say, and too much', async () => {
    const { ts } = await say('old');
    expect((await read('chat.update', { ts })).error).toBe('no_text');
    expect((await read('chat.update', { ts, text: 'x'.repeat(4_001) })).error).toBe('msg_too_long');
  });
});

describe('a channel takes one message a second', () => {
  const post = (to: string) => lab.slack('chat.postMessage', { channel: to, text: 'x' });

  it('after a short burst: then 429 with Retry-After, for this channel alone', async () => {
    for (let i = 0; i < 4; i++) expect((await post(channel)).status).toBe(200);
    const refused = await post(channel);
    expect([refused.status, refused.headers.get('retry-after'), refused.body.error]).toEqual([429, '1', 'ratelimited']);
    expect((await post('C0DURUFALLBK')).status).toBe(200);
    lab.clock.advance(1_000);
    expect((await post(channel)).status).toBe(200);
    expect((await post(channel)).status).toBe(429);
  });
});

describe('the client of Slack itself is served', () => {
  const client = () =>
    new WebClient('xoxb-lab-duru-notes', {
      slackApiUrl: `${lab.url}/slack/api/`,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    });

  it('with forms whose blocks and metadata are JSON', async () => {
    const metadata = { event_type: 'a', event_payload: { delivery_id: 'd1' } };
    const sent = await client().apiCall('chat.postMessage', {
      channel,
      text: 'x',
      blocks: [{ type: 'divider' }],
      metadata,
    });
    const found = await client().conversations.history({
      channel,
      oldest: '0',
      limit: 200,
      include_all_metadata: true,
    });
    expect(found.messages?.[0]).toMatchObject({
      ts: (sent as { ts?: string }).ts,
      blocks: [{ type: 'divider' }],
      metadata,
    });
    const user = await client().users.info({ user: 'U0LABELIF1' });
    expect(user.user?.name).toBe('elif');
  });

  it('and understands the refusals', async () => {
    await expect(client().apiCall('chat.postMessage', { channel: 'C0NOWHERE00', text: 'x' })).rejects.toMatchObject({
      data: { error: 'channel_not_found' },
    });
    await lab.fault('slack-rate-limited');
    await expect(client().auth.test()).rejects.toMatchObject({
      code: 'slack_webapi_rate_limited_error',
      retryAfter: 2,
    });
  });
});
