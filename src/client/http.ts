import { messageOf } from '../errors.ts';

export type Answer = { ok: true; status: number; headers: Headers; body: Uint8Array } | { ok: false; reason: string };

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
    const cause = error instanceof Error && error.cause ? `: ${messageOf(error.cause)}` : '';
    return { ok: false, reason: `${messageOf(error)}${cause}` };
  }
};
