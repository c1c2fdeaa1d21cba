import { expect, test } from 'vitest';
import { load } from '../../src/definition/load.ts';
import { problemText } from '../../src/definition/catalog.ts';
import { POLICIES, SECRETS, linesOf, shopWith } from './documents.ts';

const said = (from: string, to: string): string[] =>
  linesOf({ 'shop.yaml': shopWith(from, to), 'policies.yaml': POLICIES });

test('a share in place of a percentage is told at the value', () => {
  expect(said('objective: 95\n', 'objective: 0.995\n')[0]).toBe(
    'shop.yaml:37:20 objective is in percent, and 0.995 is less than one; did you mean 99.5?',
  );
  expect(said('objective: 95\n', 'objective: 1.5\n').join()).not.toContain('in percent');
});

test('a system cannot take the name of what is about Nines itself', () => {
  expect(said('id: shop', 'id: nines')).toEqual([
    'shop.yaml:3:5 id must not be nines: generated files and rules of that name are about Nines itself',
  ]);
});

test.each(['../../etc/passwd', 'a/../b.md', '..', '..\\b.md'])('a runbook that climbs is told: %s', (runbook) => {
  expect(said('runbook: availability.md', `runbook: '${runbook}'`)).toEqual([
    'shop.yaml:33:18 runbook must not hold "..": it is a link to a page below runbooks, and no file is read for it',
  ]);
});

const withPages = (system: string, links = ''): string[] => {
  const texts = { 'shop.yaml': system, 'policies.yaml': POLICIES, ...(links && { 'links.yaml': links }) };
  const { catalog, problems } = load(
    Object.entries(texts).map(([file, text]) => ({ file, text })),
    {
      profile: 'production',
      lookup: (reference) => SECRETS[reference],
      runbooks: new Set(['README.md', 'availability.md']),
    },
  );
  return (catalog?.warnings ?? problems).map(problemText);
};

const OWN = 'runbooks: https://runbooks.example.org/shop\n';
const LINKS = 'apiVersion: nines/v1\nkind: Links\n';

test.each([
  ['availability.md', null],
  ['/availability.md#first', null],
  ['availability', null],
  ['https://wiki.example.org/any.md', null],
  ['availabilty.md', 'availabilty.md is no page that Nines serves; did you mean availability.md?'],
  ['webb.md', 'webb.md is no page that Nines serves; put webb.md into the folder runbooks beside your definitions'],
])('runbook %s is looked for where Nines serves it', (runbook, message) => {
  const system = shopWith(OWN, '').replace('runbook: availability.md', `runbook: ${runbook}`);
  expect(withPages(system, LINKS)).toEqual(message === null ? [] : [`shop.yaml:32:18 runbook ${message}`]);
});

test('runbooks at addresses of the user are not looked for', () => {
  expect(withPages(shopWith('runbook: availability.md', 'runbook: webb.md'))).toEqual([]);
  const system = shopWith(OWN, '').replace('runbook: availability.md', 'runbook: webb.md');
  expect(withPages(system, `${LINKS}runbooks: https://wiki.example.org\n`)).toEqual([]);
  expect(withPages(system)).toHaveLength(1);
});
