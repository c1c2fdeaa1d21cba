import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab } from './given.ts';
import type { StartedLab } from './given.ts';

let lab: StartedLab;
let rootTs = '';
let replyTs = '';

beforeAll(async () => {
  lab = await startLab();
  rootTs = (await lab.slack('chat.postMessage', { channel: 'C0DURUONCALL', text: 'root' })).body.ts;
  replyTs = (await lab.slack('chat.postMessage', { channel: 'C0DURUONCALL', text: 'r', thread_ts: rootTs })).body.ts;
});
afterAll(() => lab.close());

const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (more: object) => ({ type: 'button', text: plain('Open'), action_id: 'open', ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });

describe('a message that Slack would refuse is refused', () => {
  const cases: [string, Record<string, unknown>, string][] = [
    ['without a channel', { channel: undefined, text: 'x' }, 'invalid_arguments'],
    ['to a channel that does not exist', { channel: 'C0NOWHERE00', text: 'x' }, 'channel_not_found'],
    ['to a channel by its name', { channel: '#duru-oncall', text: 'x' }, 'channel_not_found'],
    ['to an archived channel', { channel: 'C0DURUOLDONE', text: 'x' }, 'is_archived'],
    ['without text and blocks', {}, 'no_text'],
    ['with an empty list of blocks and no text', { blocks: [] }, 'no_text'],
    ['with blocks that are no JSON', { blocks: '[{' }, 'invalid_blocks_format'],
    ['with blocks that are no list', { blocks: { type: 'divider' } }, 'invalid_blocks_format'],
    ['with a reply_broadcast that is no boolean', { text: 'x', reply_broadcast: 'yes' }, 'invalid_arguments'],
    ['in a thread that does not exist', { text: 'x', thread_ts: '1503435956.000247' }, 'thread_not_found'],
    ['in a thread named by no timestamp', { text: 'x', thread_ts: 'latest' }, 'thread_not_found'],
    ['with metadata that is no object', { text: 'x', metadata: 'null' }, 'invalid_metadata_format'],
    ['with metadata that is no JSON', { text: 'x', metadata: '{' }, 'invalid_metadata_format'],
    ['with metadata without a type', { text: 'x', metadata: { event_payload: {} } }, 'invalid_metadata_schema'],
    ['with metadata without a payload', { text: 'x', metadata: { event_type: 'a' } }, 'invalid_metadata_schema'],
    [
      'with metadata that is too large',
      { text: 'x', metadata: { event_type: 'a', event_payload: { long: 'x'.repeat(9_000) } } },
      'metadata_too_large',
    ],
    ['with markdown_text beside text', { text: 'x', markdown_text: 'y' }, 'markdown_text_conflict'],
  ];
  it.each(cases)('%s', async (_, args, error) => {
    const answer = await lab.slack('chat.postMessage', { channel: 'C0DURUONCALL', ...args });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ ok: false, error });
    lab.clock.advance(1_000);
  });

  it('as a reply to a reply', async () => {
    const answer = await lab.slack('chat.postMessage', { channel: 'C0DURUONCALL', text: 'x', thread_ts: replyTs });
    expect(answer.body.error).toBe('cannot_reply_to_message');
  });
});

describe('blocks are held to the limits of Block Kit', () => {
  const good: [string, object[]][] = [
    ['50 blocks', Array.from({ length: 50 }, () => ({ type: 'divider' }))],
    ['a section of 3000 characters', [section('x'.repeat(3_000))]],
    ['a header of 150 characters', [{ type: 'header', text: plain('x'.repeat(150)) }]],
    [
      '10 fields of 2000 characters',
      [{ type: 'section', fields: Array.from({ length: 10 }, () => plain('x'.repeat(2_000))) }],
    ],
    ['a block_id of 255 characters', [{ type: 'divider', block_id: 'x'.repeat(255) }]],
    [
      'a button label of 75 characters and a url of 3000',
      [actions(button({ text: plain('x'.repeat(75)), url: `https://a.example/${'x'.repeat(2_982)}` }))],
    ],
    ['a context of 10 elements', [{ type: 'context', elements: Array.from({ length: 10 }, () => plain('x')) }]],
    ['a picture', [{ type: 'image', image_url: 'https://a.example/x.png', alt_text: 'a chart' }]],
  ];
  it.each(good)('takes %s', async (_, blocks) => {
    lab.clock.advance(1_000);
    expect((await lab.slack('chat.postMessage', { channel: 'C0DURUONCALL', blocks })).body.ok).toBe(true);
  });

  const bad: [string, object[], string][] = [
    [
      '51 blocks',
      Array.from({ length: 51 }, () => ({ type: 'divider' })),
      'no more than 50 items allowed [json-pointer:/blocks]',
    ],
    [
      'a section of 3001 characters',
      [section('x'.repeat(3_001))],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['an empty section', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    ['a section without text and fields', [{ type: 'section' }], 'must define text or fields [json-pointer:/blocks/0]'],
    [
      'a header of 151 characters',
      [{ type: 'header', text: plain('x'.repeat(151)) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a header in mrkdwn',
      [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
      'must be plain_text [json-pointer:/blocks/0/text/type]',
    ],
    [
      '11 fields',
      [{ type: 'section', fields: Array.from({ length: 11 }, () => plain('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a field of 2001 characters',
      [{ type: 'section', fields: [plain('x'.repeat(2_001))] }],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      'a block_id of 256 characters',
      [{ type: 'divider', block_id: 'x'.repeat(256) }],
      'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    ],
    [
      'the same block_id twice',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      'block_id already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      'a button label of 76 characters',
      [actions(button({ text: plain('x'.repeat(76)) }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a button url of 3001 characters',
      [actions(button({ url: `https://a.example/${'x'.repeat(2_983)}` }))],
      'must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]',
    ],
    [
      'a button url that is none',
      [actions(button({ url: '/incidents/1' }))],
      'must be a valid URL [json-pointer:/blocks/0/elements/0/url]',
    ],
    [
      'a button in an unknown style',
      [actions(button({ style: 'warning' }))],
      'must be primary or danger [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'the same action_id twice',
      [actions(button({}), button({}))],
      'action_id already exists in this block [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      '26 buttons',
      [actions(...Array.from({ length: 26 }, (_, i) => button({ action_id: `a${i}` })))],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    ['no buttons', [actions()], 'must be a list with at least 1 item [json-pointer:/blocks/0/elements]'],
    [
      '11 context elements',
      [{ type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    ['an unknown block', [{ type: 'hologram' }], 'unsupported type: hologram [json-pointer:/blocks/0]'],
    [
      'text where a block should be',
      ['divider' as unknown as object],
      'unsupported type: string [json-pointer:/blocks/0]',
    ],
  ];
  it.each(bad)('refuses %s and says where', async (_, blocks, reason) => {
    lab.clock.advance(1_000);
    const { body } = await lab.slack('chat.postMessage', { channel: 'C0DURUONCALL', blocks });
    expect(body).toMatchObject({
      ok: false,
      error: 'invalid_blocks',
      response_metadata: { messages: [`[ERROR] ${reason}`] },
    });
  });
});

describe('a caller must show a token of this workspace', () => {
  it.each([
    ['another token', 'xoxb-1234-real', 'invalid_auth'],
    ['a revoked token', 'xoxb-lab-revoked', 'token_revoked'],
  ])('%s', async (_, token, error) => {
    expect((await lab.slack('auth.test', {}, token)).body).toEqual({ ok: false, error });
  });

  it('no token', async () => {
    expect((await lab.post('/slack/api/auth.test', {})).body).toEqual({ ok: false, error: 'not_authed' });
  });

  it('in the form as well as in the header', async () => {
    const init = { method: 'POST', body: new URLSearchParams({ token: 'xoxb-lab-x' }) };
    expect((await lab.request('/slack/api/auth.test', init)).body).toMatchObject({ ok: true, bot_id: 'B0NINESBOT' });
  });
});

describe('a call that Slack does not know', () => {
  it.each(['chat.shout', '__proto__', 'constructor'])('%s is an unknown method', async (method) => {
    expect((await lab.slack(method)).body).toEqual({ ok: false, error: 'unknown_method', req_method: method });
  });

  it('JSON that is none is invalid_json', async () => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer xoxb-lab-x' };
    const answer = await lab.request('/slack/api/auth.test', { method: 'POST', headers, body: '{' });
    expect(answer.body).toEqual({ ok: false, error: 'invalid_json' });
  });
});
