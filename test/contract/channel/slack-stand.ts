import { startServer, type Answer, type Stand, type Take } from './stand.ts';

type Posted = {
  ts: string;
  channel: string;
  thread: string | null;
  broadcast: boolean;
  text: string;
  blocks: Block[];
  metadata: unknown;
};
type Block = Record<string, unknown> & { type: string };

export type SlackStand = Stand & {
  messages(): readonly Posted[];
  /** Slack's error word for every call of a method from now on; null = fine again. */
  refuse(method: string, error: string | null): void;
  calls(): readonly string[];
  forget(ts: string): void;
};

const ok = (body: object): Answer => ({ status: 200, body: { ok: true, ...body } });
const no = (error: string): Answer => ({ status: 200, body: { ok: false, error } });

const textLength = (value: unknown): number => {
  const text = (value as { text?: unknown } | undefined)?.text;
  return typeof text === 'string' ? text.length : 0;
};

const blockFits = (block: Block): boolean => {
  const elements = (block['elements'] ?? []) as Record<string, unknown>[];
  switch (block.type) {
    case 'header':
      return textLength(block['text']) >= 1 && textLength(block['text']) <= 150;
    case 'section': {
      const fields = (block['fields'] ?? []) as unknown[];
      const text = textLength(block['text']);
      return (
        (fields.length > 0 || text >= 1) &&
        text <= 3_000 &&
        fields.length <= 10 &&
        fields.every((f) => textLength(f) <= 2_000)
      );
    }
    case 'context':
      return elements.length >= 1 && elements.length <= 10;
    case 'actions':
      return (
        elements.length <= 25 && elements.every((e) => textLength(e['text']) <= 75 && String(e['url']).length <= 3_000)
      );
    default:
      return false;
  }
};

const blocksFit = (blocks: Block[]): boolean => {
  const ids = blocks.map((block) => String(block['block_id']));
  return (
    blocks.length <= 50 &&
    new Set(ids).size === ids.length &&
    ids.every((id) => id.length <= 255) &&
    blocks.every(blockFits)
  );
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const read = (form: URLSearchParams): { blocks: Block[]; metadata: unknown } => ({
  blocks: JSON.parse(form.get('blocks') ?? '[]') as Block[],
  metadata: JSON.parse(form.get('metadata') ?? 'null'),
});

type World = { messages: Posted[]; refused: Map<string, string>; calls: string[]; clock: number };

const post = (world: World, form: URLSearchParams): Answer => {
  const { blocks, metadata } = read(form);
  const text = form.get('text') ?? '';
  const thread = form.get('thread_ts');
  if (form.get('channel') !== 'C1') return no('channel_not_found');
  if (!text) return no('no_text');
  if (!blocksFit(blocks)) return no('invalid_blocks');
  if (!UUID.test(form.get('client_msg_id') ?? '')) return no('invalid_arguments');
  if (thread && !world.messages.some(({ ts }) => ts === thread)) return no('thread_not_found');
  const ts = `${world.clock}.${String(world.messages.length).padStart(6, '0')}`;
  world.messages.push({
    ts,
    channel: 'C1',
    thread,
    broadcast: form.get('reply_broadcast') === 'true',
    text,
    blocks,
    metadata,
  });
  return ok({ channel: 'C1', ts });
};

const update = (world: World, form: URLSearchParams): Answer => {
  const { blocks, metadata } = read(form);
  const text = form.get('text') ?? '';
  const message = world.messages.find(({ ts }) => ts === form.get('ts'));
  if (!message) return no('message_not_found');
  if (text.length > 4_000) return no('msg_too_long');
  if (!blocksFit(blocks)) return no('invalid_blocks');
  Object.assign(message, { text, blocks, metadata: metadata ?? message.metadata });
  return ok({ channel: 'C1', ts: message.ts });
};

// Two a page, so that whoever reads must follow the cursor.
const list = (messages: Posted[], form: URLSearchParams): Answer => {
  const from = Number(form.get('cursor') ?? 0);
  const withMetadata = form.get('include_all_metadata') === 'true';
  const since = messages.filter(({ ts }) => Number(ts) >= Number(form.get('oldest') ?? 0));
  const page = since
    .slice(from, from + 2)
    .map(({ ts, text, metadata }) => (withMetadata ? { ts, text, metadata } : { ts, text }));
  const next = from + 2 < since.length ? String(from + 2) : '';
  return ok({ messages: page, response_metadata: { next_cursor: next } });
};

const taking = (world: World, secret: string): Take => {
  const methods: Record<string, (form: URLSearchParams) => Answer> = {
    'chat.postMessage': (form) => post(world, form),
    'chat.update': (form) => update(world, form),
    'conversations.history': (form) =>
      list(world.messages.filter(({ thread, broadcast }) => !thread || broadcast).toReversed(), form),
    'conversations.replies': (form) => {
      const thread = form.get('ts');
      if (!world.messages.some(({ ts }) => ts === thread)) return no('thread_not_found');
      return list(
        world.messages.filter((message) => message.ts === thread || message.thread === thread),
        form,
      );
    },
    'auth.test': () => ({
      ...ok({ team: 'Acme', user: 'nines' }),
      headers: { 'x-oauth-scopes': 'chat:write,channels:history' },
    }),
  };
  return ({ method, path, headers, body }) => {
    const name = path.replace('/api/', '');
    world.calls.push(name);
    const take = methods[name];
    if (method !== 'POST' || !take) return no('unknown_method');
    if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return no('invalid_form_data');
    if (headers.authorization !== `Bearer ${secret}`) return no('invalid_auth');
    const refused = world.refused.get(name);
    return refused ? no(refused) : take(new URLSearchParams(body));
  };
};

/** The part of Slack that a page needs, strict where Slack is (escalation contracts: limits, threads, metadata). */
export const startSlack = async (): Promise<SlackStand> => {
  const secret = 'xoxb-1-secret-of-the-workspace';
  const world: World = { messages: [], refused: new Map(), calls: [], clock: 1_800_000_000 };
  const server = await startServer(taking(world, secret));
  return {
    ...server,
    url: `http://127.0.0.1:${server.port}/api/`,
    secret,
    shown: () => world.messages.map(({ text }) => text),
    messages: () => world.messages,
    calls: () => world.calls,
    refuse: (method, error) => void (error ? world.refused.set(method, error) : world.refused.delete(method)),
    forget: (ts) => {
      world.messages = world.messages.filter((message) => message.ts !== ts);
    },
  };
};
