import type { Clock } from '../../clock.ts';
import { STOPPED } from '../deadline.ts';
import { isFailure, type Failure } from '../net/reasons.ts';
import { unknownResult, type CheckContext, type CheckResult } from '../probe.ts';
import { withToken, type Hop } from './redirects.ts';
import type { Hiding } from './secrets.ts';
import type { Client } from './token.ts';
import type { Token, Tokens } from './tokens.ts';

export type SignedCheck = Client & {
  first: Hop;
  hiding: Hiding;
  tokens: Tokens;
  time: Pick<Clock, 'now'>;
  context: CheckContext;
  check: (first: Hop) => Promise<CheckResult>;
};

/**
 * Gets a token, then checks: the time of getting it is not the target's, and is in none of its numbers. When the
 * target answers 401, a new token gets a whole new check, once.
 */
export const checkSignedIn = async (parts: SignedCheck): Promise<CheckResult> => {
  const { auth, ca, reach, first, hiding, tokens, time, context, check } = parts;
  const { id, timeoutMs, signal } = context;
  const asking = { auth, ca, reach, timeoutMs, signal };
  const without = ({ outcome, reason, detail }: Failure): CheckResult =>
    signal.reason === STOPPED
      ? unknownResult(id, time.now(), 'paused', 'the check was stopped before it was done')
      : { ...unknownResult(id, time.now(), reason, hiding.hide(detail)), outcome };
  const checkWith = async (token: Token): Promise<CheckResult> => {
    hiding.learn(token.value);
    const result = await check(withToken(first, token.value));
    if (result.status !== null && result.status !== 401) token.worked = true;
    return result;
  };

  const token = await tokens.take(asking);
  if (isFailure(token)) return without(token);
  const result = await checkWith(token);
  if (result.status !== 401 || result.outcome === 'pass' || signal.aborted) return result;
  const renewed = await tokens.renew(token, asking);
  if (renewed === null) return result;
  return isFailure(renewed) ? without(renewed) : checkWith(renewed);
};
