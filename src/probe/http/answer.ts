import type { IncomingHttpHeaders } from 'node:http';
import type { Assertion } from '../targets.ts';
import type { Body } from './body.ts';
import { unknown, type Failure } from '../net/reasons.ts';

/** What a check saw, as the assertions judge it. `now` is epoch ms. */
export type Answer = {
  status: number;
  headers: IncomingHttpHeaders;
  body: Body;
  durationMs: number;
  certificateExpiresAt: number | null;
  now: number;
};

export type Judge = (answer: Answer) => Failure | null;

/** A value as a detail may show it: quoted, without secrets, short. */
export type Show = (value: unknown) => string;

/** For an assertion that cannot be judged by anybody: that is no fault of the target. */
export const notJudged = (kind: Assertion['kind'], why: string): Failure =>
  unknown('internal', `the ${kind} assertion cannot be judged: ${why}`);
