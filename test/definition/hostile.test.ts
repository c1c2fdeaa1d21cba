import { expect, test } from 'vitest';
import { POLICIES, SHOP, linesOf } from './documents.ts';

const said = (text: string | Uint8Array): string[] => linesOf({ 'slo/x.yaml': text });

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? Array.from(new TextEncoder().encode(part)) : part)),
  );

const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  .concat(
    ['b', 'c', 'd', 'e', 'f', 'g', 'h'].map(
      (name, index) => `${name}: &${name} [${`*${'abcdefg'[index]}, `.repeat(10)}]`,
    ),
  )
  .join('\n');

test.each([
  ['an empty file', '', '1:1 file must hold a definition, got nothing'],
  ['a file of comments', '# nothing\n', '1:1 file must hold a definition, got nothing'],
  ['an empty document', '---\n', '1:1 file must hold a definition, got nothing'],
  ['a text', 'hello', '1:1 document must be a mapping, got "hello"'],
  ['a list', '- a', '1:1 document must be a mapping, got a list'],
  [
    'two documents',
    `${POLICIES}---\nkind: System\n`,
    '19:1 document must be the only one of its file; move it to a file of its own',
  ],
  [
    'a document that ends with dashes',
    'a: 1\n---\n',
    '3:1 document must be the only one of its file; move it to a file of its own',
  ],
  ['a null byte', 'a: \0', '1:4 file cannot be read as YAML here: null byte is not allowed in input'],
  ['a byte that is no UTF-8', bytes('a: 1\nb: é', [0xff]), '2:5 file must be UTF-8, got the byte 0xff here'],
  ['a character cut in half', bytes('a: 1\nb: ', [0xc3]), '2:4 file must be UTF-8, got the byte 0xc3 here'],
  ['UTF-16', bytes([0xff, 0xfe, 0x61, 0]), '1:1 file must be UTF-8, got the byte 0xff here'],
  [
    'more than a MiB',
    'x'.repeat(1024 * 1024 + 1),
    '1:1 file must not be larger than 1 MiB, got 1048577 bytes; split it',
  ],
  ['a deep nest', '['.repeat(5_000), '1:100 file cannot be read as YAML here: nesting exceeded maxDepth (100)'],
  ['an alias inside of its anchor', 'a: &a [b, *a]', '1:11 *a must not stand inside of what it repeats'],
  ['an alias of nothing', 'a: *b', '1:5 file cannot be read as YAML here: unidentified alias "b"'],
  ['an alias bomb', BOMB, '6:8 aliases must not repeat more than 200000 values in one file'],
  [
    'an unknown tag',
    'a: !!js/function x',
    '1:4 file cannot be read as YAML here: unknown scalar tag !<tag:yaml.org,2002:js/function>',
  ],
  [
    'a key that is a list',
    '? [a]\n: b',
    '1:1 file cannot be read as YAML here: object-based map does not support complex keys',
  ],
])('%s is refused with one line', (_name, text, line) => {
  expect(said(text)).toEqual([`slo/x.yaml:${line}`]);
});

test('every key that stands twice is told', () => {
  expect(said('a: 1\nb: { c: 1, c: 2 }\na: 3\n')).toEqual([
    'slo/x.yaml:2:12 c stands here twice',
    'slo/x.yaml:3:1 a stands here twice',
  ]);
});

test('a prototype is a field like any other', () => {
  expect(said(`${POLICIES}__proto__: { polluted: true }\n`)[0]).toMatch(
    'slo/x.yaml:18:1 __proto__ is not a known field',
  );
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

test('a mistake inside of an alias is told where it is written', () => {
  const text = POLICIES.replace('[oncall, console]', '&who [oncal]').replace(
    '[console] }\n    warning',
    '*who }\n    warning',
  );
  expect(said(text)).toContain('slo/x.yaml:12:50 channel oncal does not exist; did you mean oncall?');
});

test.each([
  ['Windows', '\r\n'],
  ['old Mac', '\r'],
])('places are right with the line ends of %s, and with a byte order mark', (_name, end) => {
  const text = `\uFEFF${SHOP.replace('objective: 99.9', 'objective: 999').replaceAll('\n', end)}`;
  const expected = 'slo/x.yaml:30:20 objective must be less than 100, got 999';
  expect(linesOf({ 'slo/x.yaml': text, 'slo/policies.yaml': POLICIES })).toEqual([expected]);
  expect(linesOf({ 'slo/x.yaml': bytes(text), 'slo/policies.yaml': POLICIES })).toEqual([expected]);
});

test('a value that may be a secret is not repeated', () => {
  const lines = said(
    POLICIES.replace('"${env:SLACK_BOT_TOKEN}"', '[xoxb-1-secret]').replace('id: oncall', 'id: https://ann:hunter2@x/'),
  );
  expect(lines.join('\n')).toContain('token must be a text, got a list');
  expect(lines.join('\n')).toContain('got "https://…@x/"');
  expect(lines.join('\n')).not.toMatch(/xoxb-1|hunter2/);
});
