import { expect, test } from 'vitest';
import { intern } from '../../src/probe/interning.ts';
import { target } from './http/target.ts';
import { scheduled } from './target.ts';

const made = (id: string, headers: Record<string, string> = {}) =>
  scheduled(id, structuredClone(target('http://x/', { headers })), 1_000, 900);

test('Targets share the parts that are equal, stay what they were, and share no part that is not', () => {
  const [first, second, third] = [made('a'), made('b'), made('c', { 'x-own': '1' })].map(intern);
  expect(second).toEqual(made('b'));
  expect(third).toEqual(made('c', { 'x-own': '1' }));
  const [one, two, other] = [first, second, third].map((target) => target?.check);
  if (one?.kind !== 'http' || two?.kind !== 'http' || other?.kind !== 'http') throw new Error('no HTTP targets');
  expect([two.reach === one.reach, two.tls === one.tls, two.assertions === one.assertions]).toEqual([true, true, true]);
  expect(other.headers === one.headers).toBe(false);
  expect(other.tls).toBe(one.tls);
});

test('More parts of their own than are remembered change nothing but what is shared', () => {
  for (let index = 0; index < 10_050; index++) {
    const own = made(`p-${index}`, { 'x-own': String(index) });
    expect(intern(own).check).toEqual(own.check);
  }
});
