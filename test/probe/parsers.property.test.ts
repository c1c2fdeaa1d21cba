import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/definition/address.ts';
import { linesIn } from '../../src/probe/conversation.ts';
import { canonical, reverseName } from '../../src/probe/dns/records.ts';
import { requestBytes, servingStatus } from '../../src/probe/grpc/message.ts';

test('Whatever bytes come as a health answer, reading them ends in a status or in nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const framed = Buffer.from([0, 0, 0, 0, bytes.length, ...bytes]);
      const known = [null, 'UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
      expect(known).toContain(servingStatus(framed));
      expect(known).toContain(servingStatus(Buffer.from(bytes)));
    }),
  );
});

test('A request names its service whole, whatever its length', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 400, unit: 'grapheme' }), (service) => {
      const bytes = requestBytes(service);
      const name = Buffer.from(service);
      expect(bytes.readUInt32BE(1)).toBe(bytes.length - 5);
      expect(bytes.subarray(bytes.length - name.length)).toEqual(name);
      // Tag of field 1 and a varint of seven bits to a byte, low ones first.
      const length = [...bytes.subarray(6, bytes.length - name.length)].reduce(
        (sum, byte, index) => sum + (byte & 0x7f) * 128 ** index,
        0,
      );
      expect([bytes[5], length]).toEqual([0x0a, name.length]);
    }),
  );
});

test('Lines take exactly the bytes up to the last end, however they are cut', () => {
  const text = fc.array(fc.constantFrom('a', '\r', '\n', '\r\n', 'ü'), { maxLength: 40 });
  fc.assert(
    fc.property(text, (parts) => {
      const bytes = Buffer.from(parts.join(''));
      const lines = linesIn(bytes);
      expect(lines.reduce((sum, line) => sum + line.bytes, 0)).toBe(bytes.lastIndexOf(10) + 1);
      expect(lines.map((line) => line.text)).toEqual(bytes.toString().split(/\r?\n/).slice(0, -1));
    }),
  );
});

test('An address is read as it is written', () => {
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(host, fc.integer({ min: 1, max: 65_535 }), (host, port) => {
      expect(parseAddress(formatAddress({ host, port }))).toEqual({ host, port });
    }),
  );
});

test('Whatever is written as an address or an answer is read or turned down, and never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const address = parseAddress(text);
      expect(address === undefined || !address.host.startsWith('-')).toBe(true);
      for (const type of ['A', 'AAAA', 'MX', 'TXT', 'PTR'] as const)
        expect(typeof canonical(text, type)).toBe('string');
    }),
  );
});

test('The name for an IPv6 address has 32 digits', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      expect(reverseName(address)).toMatch(/^(?:[0-9a-f]\.){32}ip6\.arpa$/);
    }),
  );
});
