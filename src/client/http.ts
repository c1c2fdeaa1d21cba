import { messageOf } from '../errors.ts';

export type Answer = { ok: true; status: number; headers: Headers; body: Uint8Array } | { ok: false; reason: string };

export type Download =
  | { ok: true; status: number; headers: Headers; chunks: AsyncIterable<Uint8Array> }
  | { ok: false; reason: string };

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause ? `: ${messageOf(error.cause)}` : '';
  return `${messageOf(error)}${cause}`;
};

/**
 * An answer too large for memory, in pieces as they come. It may take as long as it likes, but not be silent for longer
 * than `silentMs`; then, or when it breaks off, reading the pieces throws.
 */
export const download = async (
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string; silentMs: number },
): Promise<Download> => {
  const { method = 'GET', headers = {}, body = null, silentMs } = options;
  const silence = new AbortController();
  const patience = setTimeout(() => silence.abort(new Error(`silent for ${silentMs / 1000} s`)), silentMs);
  try {
    const response = await fetch(url, { method, headers, body, redirect: 'manual', signal: silence.signal });
    async function* chunks(): AsyncGenerator<Uint8Array> {
      try {
        for await (const chunk of response.body ?? []) {
          patience.refresh();
          yield chunk;
        }
      } finally {
        clearTimeout(patience);
      }
    }
    return { ok: true, status: response.status, headers: response.headers, chunks: chunks() };
  } catch (error) {
    clearTimeout(patience);
    return { ok: false, reason: reasonOf(error) };
  }
};

/**
 * The only fetch: every other wire client goes through here or through a vendor's SDK. One attempt, a deadline, a cap
 * on the body; a failure to get an answer is a value.
 */
export const request = async (
  url: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    body?: string | Uint8Array<ArrayBuffer>;
    timeoutMs?: number;
    maxBytes?: number;
    /** Gives up earlier. */
    signal?: AbortSignal;
  } = {},
): Promise<Answer> => {
  const { method = 'GET', headers = {}, body, timeoutMs = 10_000, maxBytes = 10 * 1024 * 1024 } = options;
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body ?? null,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])]),
    });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) return { ok: false, reason: `the answer is larger than ${maxBytes} bytes` };
      chunks.push(chunk);
    }
    return { ok: true, status: response.status, headers: response.headers, body: Buffer.concat(chunks) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
};
