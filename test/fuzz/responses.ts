/** Numbers that only the seed decides (mulberry32). */
export type Dice = {
  /** 0 ≤ n < below. */
  under(below: number): number;
  chance(share: number): boolean;
  pick<T>(choices: readonly T[]): T;
};

export const createDice = (seed: number): Dice => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const under = (below: number): number => Math.floor(next() * below);
  return {
    under,
    chance: (share) => next() < share,
    pick: (choices) => choices[under(choices.length)] as (typeof choices)[number],
  };
};

/** One generated answer, in the parts in which it arrives. */
export type Case = { parts: Buffer[]; toHead: boolean };

const NAMES = [
  'Content-Type', 'content-type', 'Server', 'Date', 'ETag', 'Location', 'Set-Cookie', 'set-cookie', 'Cookie', 'Vary',
  'X-A', 'x-a', 'Age', 'Expires', 'Last-Modified', 'Retry-After', 'Host', 'From', 'Link', 'Via', 'Connection', 'Upgrade',
  'Keep-Alive', 'Trailer', 'Authorization', 'User-Agent', 'constructor', 'a!#$%&\'*+-.^_`|~9',
]; // prettier-ignore
const VALUES = ['', 'a', 'text/html; charset=utf-8', 'close', 'keep-alive', 'upgrade', 'h2c', '"q"', 'a, b', 'é\xff', 'a\tb', '  spaced  ', '0', '/next?x=1', 'x'.repeat(300)]; // prettier-ignore
const STATUSES = [200, 200, 200, 200, 201, 204, 205, 206, 301, 302, 304, 400, 404, 418, 429, 500, 503, 599, 999];
const REASONS = ['', ' ', ' OK', ' Not Found', ' é\x01', ' a b c'];
const EXTENSIONS = [
  '',
  '',
  '',
  '',
  ';a',
  ';a=b',
  ';a="b;c\\"d"',
  ';a=b;c=d',
  ';',
  '; a',
  ';=b',
  ';a=',
  ' ;a',
  ';a=b"c"',
  ';a="',
  ';a="b"c',
];
const ODD_LENGTHS = [
  '',
  '+1',
  '-1',
  '1, 1',
  '0x1',
  '1 1',
  '18446744073709551615',
  '18446744073709551616',
  '9007199254740993',
  '007',
  'abc',
  '1e3',
  '3;',
];
const CODINGS = [
  'chunked',
  'chunked',
  'chunked',
  'Chunked',
  'gzip, chunked',
  'chunked, gzip',
  'gzip',
  'identity',
  '',
  'chunked,',
  ', chunked',
  'xchunked',
  'chunked chunked',
  'chunked;q=1',
  'gzip,chunked',
];

const text = (dice: Dice, most: number): string =>
  Array.from({ length: dice.under(most) }, () => String.fromCharCode(dice.under(256))).join('');

const fields = (dice: Dice, most: number): string[] =>
  Array.from(
    { length: dice.under(most) },
    () =>
      `${dice.chance(0.002) ? '__proto__' : dice.pick(NAMES)}:${dice.pick([' ', '', '\t ', '  '])}${dice.pick(VALUES)}`,
  );

const chunked = (dice: Dice, body: string): string => {
  let out = '';
  let at = 0;
  while (at < body.length) {
    const size = 1 + dice.under(body.length - at);
    const digits = size.toString(16);
    const shown = dice.chance(0.1) ? digits.toUpperCase().padStart(dice.under(20), '0') : digits;
    out += `${shown}${dice.chance(0.2) ? dice.pick(EXTENSIONS) : ''}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  const trailers = dice.chance(0.3)
    ? fields(dice, 4)
        .map((line) => `${line}\r\n`)
        .join('')
    : '';
  return `${out}0${dice.chance(0.1) ? dice.pick(EXTENSIONS) : ''}\r\n${trailers}\r\n`;
};

const hint = (dice: Dice): string => {
  const lines = [`HTTP/1.1 ${dice.pick([100, 102, 103, 103, 104, 199])}${dice.pick(REASONS)}`, ...fields(dice, 3)];
  if (dice.chance(0.05)) lines.push('Content-Length: 3');
  return `${lines.join('\r\n')}\r\n\r\n`;
};

const framed = (dice: Dice, lines: string[]): string => {
  const body = text(dice, dice.pick([1, 20, 20, 300, 3_000]));
  const put = (line: string): void => void lines.splice(1 + dice.under(lines.length), 0, line);
  const way = dice.under(20);
  if (way < 8) {
    const wrong = dice.chance(0.1) ? dice.pick([-1, 1]) : 0;
    put(`${dice.pick(['Content-Length', 'content-length', 'CONTENT-LENGTH'])}: ${Math.max(0, body.length + wrong)}`);
  } else if (way < 15) {
    put(`Transfer-Encoding: ${dice.chance(0.85) ? 'chunked' : dice.pick(CODINGS)}`);
    return chunked(dice, body);
  } else if (way === 15) put(`Content-Length: ${dice.pick(ODD_LENGTHS)}`);
  else if (way === 16) {
    put(`Content-Length: ${body.length}`);
    put(dice.pick([`Content-Length: ${body.length + dice.under(2)}`, `Transfer-Encoding: ${dice.pick(CODINGS)}`]));
  } else if (way === 17) {
    put(`Transfer-Encoding: ${dice.pick(CODINGS)}`);
    put(`Transfer-Encoding: ${dice.pick(CODINGS)}`);
    return chunked(dice, body);
  }
  return body;
};

const message = (dice: Dice): string => {
  const version = dice.chance(0.1) ? '1.0' : dice.chance(0.01) ? dice.pick(['0.9', '2.0', '1.2', '11']) : '1.1';
  const status = dice.chance(0.02) ? dice.pick([0, 99, 101, 1000, 20]) : dice.pick(STATUSES);
  const lines = [`HTTP/${version} ${String(status).padStart(3, '0')}${dice.pick(REASONS)}`, ...fields(dice, 8)];
  if (dice.chance(0.005)) lines.push(...Array.from({ length: dice.under(1_500) }, (_, index) => `h${index}: 1`));
  if (dice.chance(0.005)) lines.push(`X-Large: ${'x'.repeat(60_000 + dice.under(8_000))}`);
  const body = framed(dice, lines);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
};

const ODD_BYTES = ['\n', '\r', '\0', ' ', '\t', ':', ';', '\x7f', '\r\n', '\r\n ', '\r\n\t', '\x80', ',', '"', '0'];

const mutated = (dice: Dice, whole: string): string => {
  const at = dice.under(whole.length + 1);
  const rest = whole.slice(at);
  switch (dice.under(9)) {
    case 0:
      return whole.slice(0, at);
    case 1:
      return whole.slice(0, at) + String.fromCharCode(whole.charCodeAt(at) ^ (1 << dice.under(8))) + rest.slice(1);
    case 2:
      return whole.slice(0, at) + dice.pick(ODD_BYTES) + rest;
    case 3:
      return whole.slice(0, at) + dice.pick(ODD_BYTES) + rest.slice(1);
    case 4:
      return whole.slice(0, at) + rest.slice(1 + dice.under(5));
    case 5: {
      const lines = whole.split('\r\n');
      const line = dice.under(lines.length);
      return lines
        .toSpliced(line, dice.chance(0.5) ? 1 : 0, ...(dice.chance(0.5) ? [lines[line] as string] : []))
        .join('\r\n');
    }
    case 6:
      return whole.replace('\r\n', dice.pick(['\n', '\r', '\r\n\r\n', '\r\n ', ' \r\n', '\n\n']));
    case 7:
      return whole.replace(': ', dice.pick([' : ', ':', '', ':\r\n ', ':\0', ': \x0b']));
    default:
      return `${whole}${text(dice, 20)}`;
  }
};

const cut = (dice: Dice, bytes: Buffer): Buffer[] => {
  if (dice.chance(0.3)) return bytes.length > 0 ? [bytes] : [];
  if (dice.chance(0.1) && bytes.length < 400) return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
  const places = Array.from({ length: 1 + dice.under(5) }, () => dice.under(bytes.length + 1)).sort((a, b) => a - b);
  return [...places, bytes.length]
    .map((end, index, all) => bytes.subarray(all[index - 1] ?? 0, end))
    .filter(({ length }) => length > 0);
};

/** An answer by the grammar of RFC 9112, more often than not then damaged, split anywhere. */
export const answerOf = (dice: Dice): Case => {
  let whole = '';
  while (dice.chance(0.12)) whole += hint(dice);
  if (dice.chance(0.02)) whole += dice.pick(['\r\n', '\n', '\r', '\r\n\r\n', ' ']);
  whole += message(dice);
  const damages = dice.pick([0, 0, 1, 1, 1, 2]);
  for (let damage = 0; damage < damages; damage++) whole = mutated(dice, whole);
  return { parts: cut(dice, Buffer.from(whole, 'latin1')), toHead: dice.chance(0.08) };
};
