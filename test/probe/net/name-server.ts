import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

const TYPES = { 1: 'A', 28: 'AAAA' } as const;
const CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

export type Question = { name: string; type: 'A' | 'AAAA' };

/** `ttl` in seconds. `aliases` make a chain of CNAME records from the name on. `silent`: no answer at all. */
export type Reply = {
  code?: keyof typeof CODES;
  addresses?: readonly string[];
  aliases?: readonly string[];
  ttl?: number;
  silent?: boolean;
};

const u16 = (...values: number[]): Buffer => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
    Buffer.of(0),
  ]);

const addressBytes = (address: string): Buffer =>
  address.includes(':')
    ? u16(
        ...new URL(`http://[${address}]`).hostname
          .slice(1, -1)
          .split('::')
          .flatMap((half, index, halves) => {
            const groups = half
              .split(':')
              .filter(Boolean)
              .map((group) => Number.parseInt(group, 16));
            const others = (halves[1 - index] ?? '').split(':').filter(Boolean).length;
            const zeros = Array.from(
              { length: index === 0 && halves.length > 1 ? 8 - groups.length - others : 0 },
              () => 0,
            );
            return [...groups, ...zeros];
          }),
      )
    : Buffer.from(address.split('.').map(Number));

const record = (name: string, type: number, ttl: number, data: Buffer): Buffer =>
  Buffer.concat([nameBytes(name), u16(type, 1, ttl >> 16, ttl & 0xffff, data.length), data]);

const answer = (message: Buffer, { name, type }: Question, reply: Reply): Buffer => {
  const { code = 'NOERROR', addresses = [], aliases = [], ttl = 60 } = reply;
  const chain = [name, ...aliases];
  const wanted = addresses.filter((address) => address.includes(':') === (type === 'AAAA'));
  const records = [
    ...aliases.map((alias, index) => record(chain[index] ?? '', 5, ttl, nameBytes(alias))),
    ...wanted.map((address) => record(chain.at(-1) ?? '', type === 'A' ? 1 : 28, ttl, addressBytes(address))),
  ];
  const head = u16(message.readUInt16BE(0), 0x8180 | CODES[code], 1, records.length, 0, 0);
  return Buffer.concat([head, nameBytes(name), u16(type === 'A' ? 1 : 28, 1), ...records]);
};

/** A name server on UDP of 127.0.0.1 until the test ends; `asked` lists the questions as `A name`. */
export const nameServer = async (reply: (question: Question) => Reply) => {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
      labels.push(message.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const type = TYPES[message.readUInt16BE(at + 1) as keyof typeof TYPES];
    const question = { name: labels.join('.'), type };
    asked.push(`${type} ${question.name}`);
    const said = reply(question);
    if (!said.silent) socket.send(answer(message, question, said), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(async () => {
    socket.close();
    await once(socket, 'close');
  });
  return { address: `127.0.0.1:${socket.address().port}`, asked };
};
