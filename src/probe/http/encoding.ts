import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import type { BrotliDecompress, Gunzip, Inflate, InflateRaw, ZstdDecompress } from 'node:zlib';
import { fail, type Failure } from '../net/reasons.ts';
import type { HttpTarget } from '../targets.ts';
import type { Body } from './body.ts';

type Decoder = BrotliDecompress | Gunzip | Inflate | InflateRaw | ZstdDecompress;

export type Encoding = HttpTarget['compression'][number];

/** `length` is how much came out, which is more than was kept when it was stopped. */
export type Decoded = Body & { length: number };

/** What was read of a body, decoded; `unreadable` says why it could not be. */
export type Content = { body: Decoded; unreadable: Failure | null };

/** A short text can repeat itself through any number of layers. */
const MOST_LAYERS = 3;

/** RFC 9659: over HTTP a window is at most 8 MiB; a few bytes could demand 128 of us. */
const ZSTD_WINDOW_LOG = 23;

/** RFC 9110 8.4.1: `x-gzip` is `gzip`; `identity` says nothing. In the order in which they were applied. */
export const encodingsOf = (header: string | undefined): string[] =>
  (header ?? '')
    .split(',')
    .map((coding) =>
      coding
        .trim()
        .toLowerCase()
        .replace(/^x-gzip$/, 'gzip'),
    )
    .filter((coding) => coding !== '' && coding !== 'identity');

/** RFC 9110 says that deflate is zlib's format, yet half of the world sends the bare stream. */
const isZlib = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0;

/** What was cut off at our limit decodes as far as it goes; what the target says is whole must end as it should. */
const decoders: Record<Encoding, (bytes: Buffer, whole: boolean) => Decoder> = {
  gzip: (_, whole) => createGunzip(whole ? {} : { finishFlush: constants.Z_SYNC_FLUSH }),
  deflate: (bytes, whole) => {
    const options = whole ? {} : { finishFlush: constants.Z_SYNC_FLUSH };
    return isZlib(bytes) ? createInflate(options) : createInflateRaw(options);
  },
  br: (_, whole) => createBrotliDecompress(whole ? {} : { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: (_, whole) => {
    const params = { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG };
    return createZstdDecompress(whole ? { params } : { params, finishFlush: constants.ZSTD_e_flush });
  },
};

/** One layer; at most `limit` bytes are kept, and it stops where the next would come out. Rejects when it is broken. */
export const decodeLayer = ({ bytes, truncated }: Body, encoding: Encoding, limit: number): Promise<Decoded> => {
  const { promise, resolve, reject } = Promise.withResolvers<Decoded>();
  const decoder = decoders[encoding](bytes, !truncated);
  const chunks: Buffer[] = [];
  let length = 0;
  const done = (cut: boolean): void =>
    resolve({ bytes: Buffer.concat(chunks).subarray(0, limit), truncated: cut, length });
  decoder.on('data', (chunk: Buffer) => {
    length += chunk.length;
    chunks.push(chunk);
    if (length <= limit) return;
    decoder.destroy();
    done(true);
  });
  decoder.once('end', () => done(truncated));
  decoder.on('error', reject);
  decoder.end(bytes);
  return promise;
};

const asked = (encoding: string, { compression }: Pick<HttpTarget, 'compression'>): encoding is Encoding =>
  compression.some((one) => one === encoding);

/** A body as the assertions read it: decoded when it came in encodings that were asked for. */
export const decodeBody = async (
  body: Body,
  header: string | undefined,
  target: Pick<HttpTarget, 'compression' | 'maxBodyBytes'>,
): Promise<Content> => {
  const encodings = encodingsOf(header);
  let decoded: Decoded = { ...body, length: body.bytes.length };
  const unread = (why: string): Content => ({ body: decoded, unreadable: fail('encoding', why) });
  // An answer to HEAD, or one without a body, tells how its body would have come.
  if (body.bytes.length === 0 || encodings.length === 0) return { body: decoded, unreadable: null };
  if (encodings.length > MOST_LAYERS) return unread(`the body came in ${encodings.length} encodings, one in another`);
  for (const encoding of encodings.toReversed()) {
    if (!asked(encoding, target))
      return unread(`the body came encoded as ${shownCoding(encoding)}, which was not asked for`);
    try {
      decoded = await decodeLayer(decoded, encoding, target.maxBodyBytes);
    } catch {
      return unread(`the body cannot be decoded: it is no valid ${encoding}`);
    }
  }
  return { body: decoded, unreadable: null };
};

const shownCoding = (coding: string): string => JSON.stringify(coding.slice(0, 20));
