import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv4, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

const TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, CAA: 257 } as const;
const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
export type Type = keyof typeof TYPES;

/** A record as a zone file has it: `{ type: 'MX', data: '10 mail.example.org' }`. `name` default = the asked one. */
export type Record = { type: Type; data: string; name?: string };

/** What the server does with a question. `silent` never answers; `wrong id` answers somebody else's question. */
export type Reply = {
  code?: keyof typeof RCODES;
  records?: readonly Record[];
  how?: 'silent' | 'wrong id' | 'truncated' | 'garbage';
};

export type Question = { name: string; type: Type; over: 'udp' | 'tcp' };

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

const u16 = (...values: number[]): Buffer =>
  Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Groups of eight or fewer, with one `::`. */
const ipv6Bytes = (address: string): Buffer => {
  const [head = '', tail = ''] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return u16(...[...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16)));
};

const dataBytes = ({ type, data }: Record): Buffer => {
  const parts = data.split(' ');
  const [first = '', second = '', third = '', fourth = ''] = parts;
  switch (type) {
    case 'A':
      return Buffer.from(isIPv4(data) ? data.split('.').map(Number) : [1, 2]);
    case 'AAAA':
      return ipv6Bytes(data);
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return nameBytes(data);
    case 'MX':
      return Buffer.concat([u16(Number(first)), nameBytes(second)]);
    case 'SRV':
      return Buffer.concat([u16(Number(first), Number(second), Number(third)), nameBytes(fourth)]);
    case 'SOA':
      return Buffer.concat([nameBytes(first), nameBytes(second), ...parts.slice(2).map((part) => u32(Number(part)))]);
    // Chunks are parted by `|` here, for a chunk may hold anything.
    case 'TXT':
      return Buffer.concat(
        data.split('|').map((chunk) => Buffer.concat([Buffer.from([chunk.length]), Buffer.from(chunk)])),
      );
    case 'CAA':
      return Buffer.concat([Buffer.from([Number(first), second.length]), Buffer.from(second + third)]);
  }
};

const recordBytes = (record: Record): Buffer => {
  const data = dataBytes(record);
  // 0xc00c points to the name of the question.
  const owner = record.name === undefined ? u16(0xc00c) : nameBytes(record.name);
  return Buffer.concat([owner, u16(TYPES[record.type], 1), u32(60), u16(data.length), data]);
};

/** The question of a message, strictly: one of it, class IN, recursion wanted. */
const read = (message: Buffer): { name: string; type: Type; end: number } => {
  if (message.readUInt16BE(2) !== 0x0100 || message.readUInt16BE(4) !== 1) throw new Error('no plain question');
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const number = message.readUInt16BE(at + 1);
  const type = (Object.keys(TYPES) as Type[]).find((one) => TYPES[one] === number);
  if (!type || message.readUInt16BE(at + 3) !== 1) throw new Error('no type that is known');
  return { name: labels.join('.'), type, end: at + 5 };
};

const answerBytes = (message: Buffer, end: number, { code = 'NOERROR', records = [], how }: Reply): Buffer => {
  if (how === 'garbage') return Buffer.concat([message.subarray(0, 2), Buffer.from([0x84, 0, 0, 1, 255, 255, 0, 0])]);
  const id = message.readUInt16BE(0) ^ (how === 'wrong id' ? 0x5555 : 0);
  const flags = 0x8580 | RCODES[code] | (how === 'truncated' ? 0x0200 : 0);
  const shown = how === 'truncated' ? [] : records;
  return Buffer.concat([
    u16(id, flags, 1, shown.length, 0, 0),
    message.subarray(12, end),
    ...shown.map((record) => recordBytes(record)),
  ]);
};

// A port that is free for UDP may be taken for TCP.
const bindBoth = async (): Promise<{ udp: UdpSocket; tcp: Server }> => {
  for (;;) {
    const udp = createSocket('udp4').bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const tcp = createServer().listen(udp.address().port, '127.0.0.1');
    const isFree = await once(tcp, 'listening').then(
      () => true,
      () => false,
    );
    if (isFree) return { udp, tcp };
    udp.close();
  }
};

/** A name server on UDP and TCP of one port of 127.0.0.1 until the test ends; gives `127.0.0.1:port`. */
export const dnsServer = async (reply: (question: Question) => Reply): Promise<string> => {
  const { udp, tcp } = await bindBoth();
  const { port } = udp.address();
  const open = new Set<Socket>();
  udp.on('message', (message, from) => {
    const { end, ...question } = read(message);
    const answer = reply({ ...question, over: 'udp' });
    if (answer.how !== 'silent') udp.send(answerBytes(message, end, answer), from.port, from.address);
  });
  tcp.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (bytes: Buffer) => {
      const message = bytes.subarray(2);
      const { end, ...question } = read(message);
      const answer = answerBytes(message, end, reply({ ...question, over: 'tcp' }));
      socket.write(Buffer.concat([u16(answer.length), answer]));
    });
  });
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    udp.close();
    tcp.close();
    await once(tcp, 'close');
  });
  return `127.0.0.1:${port}`;
};
