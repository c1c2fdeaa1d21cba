import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { DAY } from '../duration.ts';
import type { Secret } from '../secret.ts';

/**
 * Who sits at a browser. It lives wholly in a signed cookie, so it survives a restart and needs no table.
 * `login` sessions gave the people token; `local` ones were handed out freely on loopback, where no login is asked.
 */
export type Session = { id: string; kind: 'login' | 'local'; name: string; at: number };

const LIFE_MS = 30 * DAY;

/** Compares in constant time, whatever the lengths. */
export const sameText = (left: string, right: string): boolean =>
  timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());

/** A name as pages and Slack show it: one line, without control characters, 60 characters at most. */
export const cleanName = (name: string): string =>
  name
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60);

const isSession = (value: unknown): value is Session => {
  const session = value as Partial<Session> | null;
  return (
    typeof session?.id === 'string' &&
    (session.kind === 'login' || session.kind === 'local') &&
    typeof session.name === 'string' &&
    typeof session.at === 'number'
  );
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
};

/** Seals and opens sessions with a key derived from the people token: a new token ends all sessions. */
export const createSessions = (token: Secret) => {
  const key = createHmac('sha256', token.reveal()).update('nines session v1').digest();
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    seal(session: Session): string {
      const text = Buffer.from(JSON.stringify(session)).toString('base64url');
      return `${text}.${sign(`session:${text}`)}`;
    },
    /** Undefined when it is not ours, or older than 30 days. */
    open(sealed: string, now: number): Session | undefined {
      const [text = '', signature = ''] = sealed.split('.');
      if (!sameText(signature, sign(`session:${text}`))) return undefined;
      const session = parsed(text);
      return isSession(session) && now - session.at < LIFE_MS ? session : undefined;
    },
    /** What a form of this session carries, so that no other site can post it. */
    csrf: (session: Session): string => sign(`csrf:${session.id}`),
  };
};
export type Sessions = ReturnType<typeof createSessions>;

export const readCookie = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);

export const cookieText = (name: string, value: string, secure: boolean): string =>
  `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${value ? LIFE_MS / 1_000 : 0}${secure ? '; Secure' : ''}`;
