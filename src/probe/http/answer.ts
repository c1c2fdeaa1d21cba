import type { IncomingHttpHeaders } from 'node:http';
import type { HttpTarget } from '../targets.ts';
import type { Body } from './body.ts';
import type { Session } from './session.ts';
import type { Failure } from '../net/reasons.ts';

/** What a check saw of its last hop, as the assertions judge it. `now` is epoch ms. */
export type Answer = {
  method: HttpTarget['method'];
  secure: boolean;
  status: number;
  headers: IncomingHttpHeaders;
  /** Decoded where it came compressed. */
  body: Body;
  /** Why the body cannot be read; null when it can. */
  unreadable: Failure | null;
  durationMs: number;
  certificateExpiresAt: number | null;
  /** Null without TLS, and where nobody asked. */
  session: Session | null;
  now: number;
};

export type Judge = (answer: Answer) => Failure | null;

/** A value as a detail may show it: quoted, without secrets, short. */
export type Show = (value: unknown) => string;

/** A header that must not be repeated, or its first field line: node joins the lines of most headers. */
export const headerText = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};
