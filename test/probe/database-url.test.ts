import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hider, parseDatabaseUrl } from '../../src/probe/database-url.ts';

const parts = (text: string) => {
  const url = parseDatabaseUrl(text);
  return url && [url.scheme, url.user, url.password, url.host, url.port, url.database];
};

test.for([
  ['redis://localhost', ['redis', null, null, 'localhost', null, null]],
  ['rediss://:secret@cache.example.org:6380/2', ['rediss', null, 'secret', 'cache.example.org', 6380, '2']],
  ['postgres://app@[::1]:5433/shop?sslmode=require', ['postgres', 'app', null, '::1', 5433, 'shop']],
  ['postgres://app:p%40ss@db/my%20shop', ['postgres', 'app', 'p@ss', 'db', null, 'my shop']],
  ['postgres://app:p@s/s#w?rd:x@db:1/shop', ['postgres', 'app', 'p@s/s#w?rd:x', 'db', 1, 'shop']],
  ['POSTGRES://db/', ['postgres', null, null, 'db', null, null]],
] as const)('%s', ([text, expected]) => expect(parts(text)).toEqual(expected));

test.for(['', 'redis:', 'redis://', 'redis://:x@', 'postgres:///shop', 'db:5432', 'redis://h:99999', 'redis://h:x'])(
  '%s is none',
  (text) => expect(parseDatabaseUrl(text)).toBe(null),
);

test('Any password that is written percent-encoded comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (password) => {
      expect(parseDatabaseUrl(`redis://:${encodeURIComponent(password)}@h`)?.password).toBe(password);
    }),
  );
});

test('A password of a letter or two is in every sentence anyway, and hides none', () => {
  expect(hider({ password: 'p' })('does not speak')).toBe('does not speak');
});

test('A password is hidden wherever a sentence repeats it, and sentences stay short', () => {
  const hide = hider({ password: 'p@ss' });
  expect(hide('no p@ss, p%40ss')).toBe('no [secret], [secret]');
  expect(hide('x'.repeat(500))).toHaveLength(200);
});
