import type { FileHandle } from 'node:fs/promises';

const BLOCK = 512;
// What eleven octal digits can say; larger sizes are told in base 256, as GNU and BSD tar do.
const OCTAL_LIMIT = 8 ** 11;

const sizeField = (bytes: number): Uint8Array => {
  if (bytes < OCTAL_LIMIT) return Buffer.from(`${bytes.toString(8).padStart(11, '0')}\0`);
  const field = Buffer.alloc(12);
  field.writeBigUInt64BE(BigInt(bytes), 4);
  field[0] = 0x80;
  return field;
};

const sizeOf = (field: Buffer): number =>
  (field[0] ?? 0) & 0x80
    ? Number(field.readBigUInt64BE(4))
    : Number.parseInt(field.toString('latin1').replace(/[\0 ]+$/, ''), 8);

/** The sum of all bytes, with its own field counted as spaces. */
const checksum = (header: Buffer): number =>
  header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);

// Mode 0600, user 0, group 0: seven octal digits each, closed by a NUL.
const MODE_AND_OWNER = ['0000600', '0000000', '0000000', ''].join('\0');

/** The header of a plain file, mode 0600 (POSIX.1-1988 ustar, https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html). */
export const tarHeader = (name: string, bytes: number, at: number): Uint8Array => {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, 'ascii');
  header.write(MODE_AND_OWNER, 100, 'ascii');
  header.set(sizeField(bytes), 124);
  header.write(
    `${Math.floor(at / 1000)
      .toString(8)
      .padStart(11, '0')}\0`,
    136,
    'ascii',
  );
  header.write('0', 156, 'ascii');
  header.write('ustar\x0000', 257, 'ascii');
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return header;
};

/** What follows a file of so many bytes, up to the next header. */
export const tarPadding = (bytes: number): Uint8Array => Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK);
export const TAR_END: Uint8Array = Buffer.alloc(2 * BLOCK);

/** Where a file lies in an archive, in bytes. */
export type TarEntry = { name: string; from: number; bytes: number };

/** The entries of an archive; null when it is no archive of plain files, or ends before its end. */
export const tarEntries = async (file: FileHandle): Promise<TarEntry[] | null> => {
  const { size } = await file.stat();
  const entries: TarEntry[] = [];
  for (let at = 0; at + BLOCK <= size;) {
    const { buffer: header, bytesRead } = await file.read(Buffer.alloc(BLOCK), 0, BLOCK, at);
    if (bytesRead < BLOCK) return null;
    if (header.every((byte) => byte === 0)) return entries;
    if (Number.parseInt(header.toString('latin1', 148, 154), 8) !== checksum(header)) return null;
    const bytes = sizeOf(header.subarray(124, 136));
    const from = at + BLOCK;
    if (!Number.isSafeInteger(bytes) || from + bytes > size) return null;
    entries.push({ name: header.toString('latin1', 0, 100).replace(/\0.*$/s, ''), from, bytes });
    at = from + bytes + tarPadding(bytes).length;
  }
  return null;
};
