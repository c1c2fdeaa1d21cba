// RESP2, https://redis.io/docs/latest/develop/reference/protocol-spec: +simple, -error, :integer, $bulk, *array.

/** An error that the server answered: `WRONGPASS invalid username-password pair`. */
export type RedisError = { error: string };
/** null = a null bulk or array. */
export type Reply = string | number | null | RedisError | readonly Reply[];

/** What came is not RESP2, or more than is read. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: 'ERR_RESP_INVALID' | 'ERR_RESP_TOO_LARGE';
  constructor(code: ProtocolError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export type RespLimits = { maxLine: number; maxReplyBytes: number; maxItems: number; maxDepth: number };

/** Far above what PING, INFO and errors need, far below what hurts. */
export const RESP_LIMITS: RespLimits = {
  maxLine: 4 * 1024,
  maxReplyBytes: 1024 * 1024,
  maxItems: 10_000,
  maxDepth: 8,
};

const CR = 13;
const LF = 10;
const INTEGER = /^[+-]?\d{1,19}$/;

type List = { items: Reply[]; left: number };
type Bulk = { bytes: Buffer; filled: number };

const invalid = (message: string): ProtocolError => new ProtocolError('ERR_RESP_INVALID', message);
const tooLarge = (message: string): ProtocolError => new ProtocolError('ERR_RESP_TOO_LARGE', message);

const integerOf = (text: string): number => {
  if (!INTEGER.test(text)) throw invalid('a number was expected');
  return Number(text);
};

/**
 * An incremental parser: bytes in any pieces → the replies that are complete. Each byte is looked at once. Throws a
 * ProtocolError and is of no use afterwards.
 */
export const createRespParser = (limits: RespLimits = RESP_LIMITS): ((chunk: Buffer) => Reply[]) => {
  let line = Buffer.alloc(0);
  let bulk: Bulk | null = null;
  let lists: List[] = [];
  let bytes = 0;
  let items = 0;
  let done: Reply[] = [];

  const take = (reply: Reply): void => {
    let value = reply;
    for (let list = lists.at(-1); list; list = lists.at(-1)) {
      list.items.push(value);
      if (--list.left > 0) return;
      value = list.items;
      lists.pop();
    }
    bytes = 0;
    items = 0;
    done.push(value);
  };

  const count = (size: number): void => {
    bytes += size;
    if (bytes > limits.maxReplyBytes) throw tooLarge(`a reply of more than ${limits.maxReplyBytes} bytes`);
  };

  const openList = (size: number): void => {
    if (size === -1) return take(null);
    if (size < 0) throw invalid('a negative length');
    items += size;
    if (items > limits.maxItems) throw tooLarge(`a reply of more than ${limits.maxItems} items`);
    if (size === 0) return take([]);
    if (lists.length >= limits.maxDepth) throw tooLarge(`a reply nested deeper than ${limits.maxDepth}`);
    lists.push({ items: [], left: size });
  };

  const openBulk = (size: number): void => {
    if (size === -1) return take(null);
    if (size < 0) throw invalid('a negative length');
    // Before a byte of it is here: who announces a gigabyte gets no gigabyte of ours.
    count(size);
    bulk = { bytes: Buffer.allocUnsafe(size + 2), filled: 0 };
  };

  const takeLine = (text: string): void => {
    const rest = text.slice(1);
    switch (text.charAt(0)) {
      case '+':
        return take(rest);
      case '-':
        return take({ error: rest });
      case ':':
        return take(integerOf(rest));
      case '$':
        return openBulk(integerOf(rest));
      case '*':
        return openList(integerOf(rest));
      default:
        throw invalid('an unknown type of reply');
    }
  };

  /** Eats what belongs to the open bulk; gives the place behind it. */
  const fillBulk = (open: Bulk, chunk: Buffer, from: number): number => {
    const copied = chunk.copy(open.bytes, open.filled, from);
    open.filled += copied;
    const size = open.bytes.length - 2;
    if (open.filled < open.bytes.length) return from + copied;
    if (open.bytes[size] !== CR || open.bytes[size + 1] !== LF) throw invalid('a text longer than was announced');
    bulk = null;
    take(open.bytes.toString('utf8', 0, size));
    return from + copied;
  };

  const readLine = (chunk: Buffer, from: number): number => {
    const end = chunk.indexOf(LF, from);
    const to = end === -1 ? chunk.length : end + 1;
    if (line.length + to - from > limits.maxLine) throw tooLarge(`a line of more than ${limits.maxLine} bytes`);
    line = Buffer.concat([line, chunk.subarray(from, to)]);
    if (end === -1) return to;
    if (line.at(-2) !== CR) throw invalid('a line feed without a carriage return');
    const text = line.toString('utf8', 0, line.length - 2);
    if (text.includes('\r')) throw invalid('a carriage return without a line feed');
    count(line.length);
    line = Buffer.alloc(0);
    takeLine(text);
    return to;
  };

  return (chunk) => {
    for (let at = 0; at < chunk.length;) at = bulk ? fillBulk(bulk, chunk, at) : readLine(chunk, at);
    const replies = done;
    done = [];
    return replies;
  };
};

/** A command as the server reads it: an array of bulk strings. */
export const encodeCommand = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
