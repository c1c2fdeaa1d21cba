import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Problem } from '../../src/definition/catalog.ts';
import { POLICIES, SHOP, linesOf, loadTexts } from './documents.ts';

const LINES = SHOP.trimEnd().split('\n');
/** `key: value` in block style, at its own column. */
const FIELD = /^(\s*(?:- )?)([A-Za-z]+)(: ?)(.*)$/;
const fieldLines = LINES.flatMap((line, index) => (FIELD.test(line) ? [index] : []));

const load = (lines: readonly string[]): string[] =>
  linesOf({ 'slo/shop.yaml': `${lines.join('\n')}\n`, 'slo/policies.yaml': POLICIES });

/** The shop with comments and blank lines strewn in; `at` tells where a line went. */
const strewn = fc.array(fc.nat({ max: LINES.length }), { maxLength: 12 }).map((places) => {
  const lines: string[] = [];
  const at: number[] = [];
  LINES.forEach((line, index) => {
    for (const place of places) if (place === index) lines.push(place % 2 ? '# a note: here' : '');
    at.push(lines.length);
    lines.push(line);
  });
  return { lines, at };
});

test('a renamed field is told at its own line and column, wherever it is pushed', () => {
  fc.assert(
    fc.property(strewn, fc.constantFrom(...fieldLines), ({ lines, at }, index) => {
      const place = at[index] ?? 0;
      const [, indent = '', key = ''] = FIELD.exec(LINES[index] ?? '') ?? [];
      const changed = lines.with(place, (LINES[index] ?? '').replace(`${key}:`, `${key}Zzz:`));
      const said = load(changed);
      // Without its kind, nothing more can be said of what stands there.
      const expected =
        key === 'kind'
          ? 'kind is required'
          : `slo/shop.yaml:${place + 1}:${indent.length + 1} ${key}Zzz is not a known field`;
      expect(said).toContainEqual(expect.stringContaining(expected));
    }),
  );
});

test('a field set to a list of nothing is told at its value', () => {
  const scalars = fieldLines.filter((index) => /^\s*(?:- )?\w+: [^[{]/.test(LINES[index] ?? ''));
  fc.assert(
    fc.property(strewn, fc.constantFrom(...scalars), ({ lines, at }, index) => {
      const place = at[index] ?? 0;
      const [, indent = '', key = '', colon = ''] = FIELD.exec(LINES[index] ?? '') ?? [];
      const said = load(lines.with(place, `${indent}${key}${colon}[]`));
      expect(
        said.some((line) => line.startsWith(`slo/shop.yaml:${place + 1}:${indent.length + key.length + 3} `)),
      ).toBe(true);
    }),
  );
});

test('a name of nothing that exists is told at the name', () => {
  const names = [
    ['policy: standard', 'policy standardx does not exist'],
    ['probes: [home', 'probe homex does not exist'],
    ['connector: edge', 'connector edgex does not exist'],
    ['probe: home', 'probe homex does not exist'],
  ] as const;
  fc.assert(
    fc.property(strewn, fc.constantFrom(...names), ({ lines }, [name, message]) => {
      const place = lines.findIndex((line) => line.includes(name));
      const line = lines[place] ?? '';
      const said = load(lines.with(place, line.replace(name, `${name}x`)));
      const word = name.split(/[: [\]]+/).at(-1) ?? '';
      const column = line.indexOf(name) + name.lastIndexOf(word) + 1;
      expect(said).toContainEqual(expect.stringContaining(`slo/shop.yaml:${place + 1}:${column} ${message}`));
    }),
  );
});

/** Problems of which the place or the sentence cannot be right. */
const impossible = (text: string): readonly Problem[] => {
  const lines = text.split(/\r\n|\n|\r/);
  return loadTexts({ 'slo/x.yaml': text, 'slo/policies.yaml': POLICIES }).problems.filter(
    ({ file, line, column, message }) =>
      file === 'slo/x.yaml' &&
      (line < 1 ||
        line > lines.length ||
        column < 1 ||
        column > (lines[line - 1]?.length ?? 0) + 1 ||
        /undefined|\[object/.test(message)),
  );
};

test('no text makes loading throw, and every place lies inside of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(impossible(text)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('no bytes make loading throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(loadTexts({ 'slo/x.yaml': bytes }).catalog).toBeNull();
    }),
    { numRuns: 500 },
  );
});

test('a definition with anything in its middle loads or is refused at a place inside of it', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '[]',
      '{}',
      'null',
      '~',
      '-',
      ': ',
      '&a ',
      '*a',
      '<<: *a',
      '${',
      '${env:X}',
      '!!int ',
      '1e999',
      '.nan',
      '"',
      '|',
      '---',
      '0x1f',
      '99.9',
      '- ',
    ),
    fc.string({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(fc.nat({ max: SHOP.length }), fc.nat({ max: 40 }), piece, (from, length, inserted) => {
      const text = SHOP.slice(0, from) + inserted + SHOP.slice(from + length);
      expect(impossible(text)).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});
