import { fail } from '../net/reasons.ts';
import { jsonIn, tooLarge } from './body-assertions.ts';
import type { Judge, Show } from './answer.ts';

const messageOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'message' in error ? error.message : error;

/** GraphQL answers with status 200 whether the query worked or not: `errors` tells (GraphQL specification, 7.1). */
export const graphqlJudge =
  (show: Show): Judge =>
  ({ body, unreadable }) => {
    if (unreadable) return unreadable;
    if (body.truncated) return tooLarge(body, 'if it has errors');
    let answer: unknown;
    try {
      answer = jsonIn(body);
    } catch {
      return fail('graphql', 'the body is not JSON, expected a GraphQL answer');
    }
    if (typeof answer !== 'object' || answer === null || !('data' in answer || 'errors' in answer))
      return fail('graphql', 'the body is no GraphQL answer: it has neither data nor errors');
    const errors: unknown = 'errors' in answer ? answer.errors : null;
    if (!Array.isArray(errors) || errors.length === 0) return null;
    const more = errors.length === 1 ? '' : ` and ${errors.length - 1} more`;
    return fail('graphql', `the answer has the error ${show(messageOf(errors[0]))}${more}`);
  };
