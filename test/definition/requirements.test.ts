import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { problemText } from '../../src/definition/catalog.ts';
import { coverage } from '../../src/definition/coverage.ts';
import { loadRequirements } from '../../src/definition/requirements.ts';
import type { Requirement } from '../../src/definition/requirements.ts';

const shipped = async (): Promise<readonly Requirement[]> => {
  const loaded = loadRequirements({ file: 'slo/requirements.yaml', text: await readFile('slo/requirements.yaml') });
  if (!loaded.requirements) throw new Error(loaded.problems.map(problemText).join('\n'));
  return loaded.requirements;
};

const said = (text: string): string[] => loadRequirements({ file: 'r.yaml', text }).problems.map(problemText);

test('the 317 facts of the four systems are all there, in order and without gaps', async () => {
  const ids = (await shipped()).map(({ id }) => id);
  const family = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${name}-${String(index + 1).padStart(2, '0')}`);
  expect(ids).toEqual([
    ...family('NSI', 78),
    ...family('NSB', 36),
    ...family('ER', 68),
    ...family('NX', 51),
    ...family('DN', 84),
  ]);
  expect(new Set(ids).size).toBe(317);
});

test('every fact is one line, and what no machine checks says why', async () => {
  const rows = await shipped();
  expect(rows.filter(({ fact }) => /[\n|→]/.test(fact) || fact.length > 120)).toEqual([]);
  expect(rows.filter(({ check, because }) => (because !== undefined) !== (check !== 'yes'))).toEqual([]);
});

test('mistakes in requirements are told where they stand', () => {
  expect(
    said(
      '- { id: DN-01, fact: One, check: yes }\n- { id: DN-03, fact: Three, check: no }\n- { id: DN-04, fact: Four, check: no, because: It is }\n',
    ),
  ).toEqual([
    'r.yaml:2:9 id must be DN-02, the next of its family, got DN-03',
    'r.yaml:2:3 because is required where check is no',
  ]);
  expect(said('- { id: DN1, fact: "", check: maybe, note: x }\n')).toEqual([
    'r.yaml:1:9 id must be letters and two digits such as DN-65, got "DN1"',
    'r.yaml:1:20 fact must not be empty, got ""',
    'r.yaml:1:31 check must be yes, partly or no, got "maybe"',
    'r.yaml:1:44 note is not a known field; known here: id, fact, check, because',
  ]);
  expect(said('- [')).toHaveLength(1);
});

const rows: Requirement[] = [
  { id: 'DN-01', fact: 'One', check: 'yes' },
  { id: 'DN-02', fact: 'Two', check: 'partly', because: 'people' },
  { id: 'DN-03', fact: 'Three', check: 'yes' },
  { id: 'DN-04', fact: 'Four', check: 'yes' },
  { id: 'DN-05', fact: 'Five', check: 'no', because: 'people' },
];

test('a row is covered when something serves it and something proves it', () => {
  expect(coverage(rows, new Set(['DN-01', 'DN-02', 'DN-05']), new Set(['DN-01', 'DN-03', 'DN-05']))).toEqual({
    total: 5,
    checkable: 4,
    covered: 1,
    missing: [
      { id: 'DN-02', why: 'no test or lab scenario names it: Two' },
      { id: 'DN-03', why: 'no covers names it: Three' },
      { id: 'DN-04', why: 'nothing serves it: Four' },
    ],
  });
});
