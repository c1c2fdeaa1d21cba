import { expect, it } from 'vitest';
import { remembered } from '../../src/files/remembered.ts';
import { textOf, type GeneratedFile } from '../../src/generate/file.ts';

it('makes a text once while there is room, and the same text anew when there is none', () => {
  const made: string[] = [];
  const file = (path: string, text: string): GeneratedFile => ({
    path,
    owner: 'shared',
    *chunks() {
      made.push(path);
      yield* text;
    },
  });
  const files = remembered([file('a', 'aaaa'), file('b', 'bbbb'), file('c', 'cc')], 6);
  const texts = ['aaaa', 'bbbb', 'cc'];
  expect([files.map(textOf), files.map(textOf), files.map(textOf)]).toEqual([texts, texts, texts]);
  expect(made).toEqual(['a', 'b', 'c', 'b', 'b']);
});
