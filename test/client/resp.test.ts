import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRespParser, encodeCommand, ProtocolError, RESP_LIMITS, type Reply } from '../../src/client/resp.ts';

const encode = (reply: Reply): string => {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
  if ('error' in reply) return `-${reply.error}\r\n`;
  return `*${reply.length}\r\n${reply.map(encode).join('')}`;
};

const { reply: anyReply } = fc.letrec<{ reply: Reply }>((tie) => ({
  reply: fc.oneof(
    { depthSize: 'small', maxDepth: 6 },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.constant(null),
    fc.stringMatching(/^[A-Z]{2,9} [ -~]{0,40}$/).map((error) => ({ error })),
    fc.array(tie('reply'), { maxLength: 4 }),
  ),
}));

/** Cuts bytes at any places. */
const pieces = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
};

const parsed = (text: string): Reply[] => createRespParser()(Buffer.from(text));
const refusal = (text: string): string => {
  try {
    parsed(text);
  } catch (error) {
    if (error instanceof ProtocolError) return `${error.code}: ${error.message}`;
  }
  return 'taken';
};

describe('Replies', () => {
  test('are the same in whatever pieces they arrive', () => {
    fc.assert(
      fc.property(fc.array(anyReply, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 20 }), (replies, cuts) => {
        const parse = createRespParser();
        const bytes = Buffer.from(replies.map(encode).join(''));
        expect(pieces(bytes, cuts).flatMap((piece) => parse(piece))).toEqual(replies);
      }),
    );
  });

  test('are read byte by byte', () => {
    const parse = createRespParser();
    const bytes = Buffer.from('+OK\r\n*2\r\n$3\r\nä\n\r\n*-1\r\n-ERR no\r\n');
    const replies = [...bytes].flatMap((byte) => parse(Buffer.from([byte])));
    expect(replies).toEqual(['OK', ['ä\n', null], { error: 'ERR no' }]);
  });

  test('never make the parser throw anything but its own error', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
        const parse = createRespParser();
        const thrown = chunks.flatMap((chunk) => {
          try {
            parse(Buffer.from(chunk));
            return [];
          } catch (error) {
            return [error];
          }
        });
        expect(thrown.filter((error) => !(error instanceof ProtocolError))).toEqual([]);
      }),
    );
  });

  test.for([
    ['of an unknown type', '%1\r\n', 'ERR_RESP_INVALID: an unknown type of reply'],
    ['of another protocol', 'HTTP/1.1 400 Bad Request\r\n', 'ERR_RESP_INVALID: an unknown type of reply'],
    ['with a length that is no number', '$x\r\n', 'ERR_RESP_INVALID: a number was expected'],
    ['with a negative length', '*-2\r\n', 'ERR_RESP_INVALID: a negative length'],
    ['longer than announced', '$2\r\nabcd\r\n', 'ERR_RESP_INVALID: a text longer than was announced'],
    ['ended by a line feed alone', '+OK\n', 'ERR_RESP_INVALID: a line feed without a carriage return'],
    ['that announce a gigabyte', '$1073741824\r\n', 'ERR_RESP_TOO_LARGE: a reply of more than 1048576 bytes'],
    ['of a billion items', '*1000000000\r\n', 'ERR_RESP_TOO_LARGE: a reply of more than 10000 items'],
    ['nested without end', '*1\r\n'.repeat(9), 'ERR_RESP_TOO_LARGE: a reply nested deeper than 8'],
    [
      'in a line without end',
      `+${'x'.repeat(RESP_LIMITS.maxLine)}`,
      'ERR_RESP_TOO_LARGE: a line of more than 4096 bytes',
    ],
    [
      'whose parts are small and many',
      `*1000\r\n${`$2000\r\n${'x'.repeat(2000)}\r\n`.repeat(600)}`,
      'ERR_RESP_TOO_LARGE: a reply of more than 1048576 bytes',
    ],
  ] as const)('%s are refused', ([, text, said]) => expect(refusal(text)).toBe(said));
});

test('A command counts bytes, not characters', () =>
  expect(encodeCommand(['AUTH', 'pä'])).toBe('*2\r\n$4\r\nAUTH\r\n$3\r\npä\r\n'));
