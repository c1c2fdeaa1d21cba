import { randomBytes } from 'node:crypto';

/** New identifiers: sortable by time, unguessable by tail. The only source of randomness. */
export type Ids = { next(now: number): string; token(): string };

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const encode = (value: number, length: number): string => {
  let rest = value;
  let text = '';
  for (let i = 0; i < length; i++) {
    text = ALPHABET[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
};

/** ULID (https://github.com/ulid/spec): 10 characters of time, 16 of randomness. */
export const randomIds: Ids = {
  next: (now) => encode(now, 10) + Array.from(randomBytes(16), (byte) => ALPHABET[byte % 32]).join(''),
  token: () => randomBytes(24).toString('base64url'),
};
