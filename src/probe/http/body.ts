/** What was read of a body; `truncated` when the target would have sent more than the limit. */
export type Body = { bytes: Buffer; truncated: boolean };

/** How much of a body is read: to its end or just past `limit` bytes; its bytes are kept only when `keep`. */
export type Appetite = { limit: number; keep: boolean };

export type Plate = {
  /** Takes the next bytes; true once there are more than the limit. */
  take(chunk: Buffer): boolean;
  body(): Body;
};

/** Gathers a body within the limit. */
export const createPlate = ({ limit, keep }: Appetite): Plate => {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    take: (chunk) => {
      const room = limit - size;
      size += chunk.length;
      if (keep && room > 0) chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      return size > limit;
    },
    body: () => ({
      bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
      truncated: size > limit,
    }),
  };
};
