import { describe, expect, test } from 'vitest';
import type { HttpTarget } from '../../../src/probe/targets.ts';
import { check, httpTarget, verdict } from './target.ts';

const asked = async (answer: unknown, status = 200, more: Partial<HttpTarget> = {}): Promise<string> => {
  const url = await httpTarget((_, response) =>
    response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer)),
  );
  const body = JSON.stringify({ query: '{ notes { id } }' });
  return verdict(await check(url, { method: 'POST', body, graphql: true, ...more }));
};

describe('A GraphQL answer', () => {
  test('with data and without errors passes', async () => {
    expect(await asked({ data: { notes: [] } })).toBe('pass ok: ');
    expect(await asked({ data: { notes: [] }, errors: [] })).toBe('pass ok: ');
  });

  test('with errors fails although its status is 200, and shows the first', async () => {
    expect(await asked({ data: null, errors: [{ message: 'Not authorised' }] })).toBe(
      'fail graphql: the answer has the error "Not authorised"',
    );
    expect(await asked({ errors: [{ message: 'first' }, { message: 'second' }, 'third'] })).toBe(
      'fail graphql: the answer has the error "first" and 2 more',
    );
    expect(await asked({ errors: ['only a text'] })).toBe('fail graphql: the answer has the error "only a text"');
  });

  test('with a bad status and errors says both', async () => {
    expect(await asked({ errors: [{ message: 'Syntax' }] }, 400)).toBe(
      'fail status: status was 400, expected 2xx; the answer has the error "Syntax"',
    );
  });

  test('that is none fails', async () => {
    expect(await asked('<html>')).toBe('fail graphql: the body is not JSON, expected a GraphQL answer');
    const neither = 'fail graphql: the body is no GraphQL answer: it has neither data nor errors';
    for (const answer of [{ message: 'hello' }, [], null, 7]) expect(await asked(answer)).toBe(neither);
  });

  test('shows no secret, and not more than a line of a long message', async () => {
    const headers = { authorization: 'Bearer tok_1234567890' };
    const said = await asked({ errors: [{ message: `bad tok_1234567890 ${'x'.repeat(500)}` }] }, 200, { headers });
    expect(said).toContain('bad [secret] xxx');
    expect(said.length).toBeLessThan(150);
  });

  test('that is larger than what is read is not judged by its beginning', async () => {
    const said = await asked({ data: 'x'.repeat(500) }, 200, { maxBodyBytes: 100 });
    expect(said).toBe('fail too-large: the first 100 bytes of the body do not tell if it has errors');
  });
});
