import { expect, test } from 'vitest';
import { judge } from '../../src/store/postgres-errors.ts';
import { createPatience } from '../../src/store/postgres-patience.ts';

const silence = judge(new Error('Query read timeout'), 'PostgreSQL at db:5432/nines');
const refusal = judge(
  Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03', severity: 'ERROR' }),
  'PostgreSQL at db:5432/nines',
);

test('one waits in vain: the others hear it at once, and after five seconds somebody tries again', () => {
  let now = 0;
  const patience = createPatience(() => now);
  const began = patience.begin();
  now = 10_000;
  patience.failed(began, silence);
  now = 14_999;
  expect(() => patience.begin()).toThrow(silence.error.message);
  now = 15_000;
  expect(patience.begin()).toBe(15_000);
});

test.each([
  ['a connection that breaks at once', 100, silence],
  ['a server that refuses after a while', 10_000, refusal],
])('%s keeps nobody from trying', (_, waited, judged) => {
  let now = 0;
  const patience = createPatience(() => now);
  const began = patience.begin();
  now = waited;
  patience.failed(began, judged);
  expect(patience.begin()).toBe(waited);
});
