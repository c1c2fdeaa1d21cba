import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  manifestPath,
  parseManifest,
  parseUnfinished,
  printManifest,
  printUnfinished,
} from '../../src/generate/manifest.ts';

const sha = (digit: string): string => digit.repeat(64);
const path = manifestPath('duru-notes');
const file = { path: 'alerts/duru-notes.yml', sha256: sha('a') };
const printed = printManifest({ owner: 'duru-notes', files: [file] });

describe('a manifest', () => {
  it('has one file per line, by path, whatever order it is given in', () => {
    const files = ['b', 'a', 'C'].map((name) => ({ path: name, sha256: sha('1') }));
    const text = printManifest({ owner: 'shared', files });
    expect(text).toBe(printManifest({ owner: 'shared', files: files.toReversed() }));
    expect(text.split('\n').filter((line) => line.includes('sha256'))).toEqual([
      `    {"path": "C", "sha256": "${sha('1')}"},`,
      `    {"path": "a", "sha256": "${sha('1')}"},`,
      `    {"path": "b", "sha256": "${sha('1')}"}`,
    ]);
  });

  it('is read as it was written', () =>
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z"' äß]{0,8}[a-z]$/), { maxLength: 5 }), (names) => {
        const files = names
          .toSorted()
          .filter((name) => !name.includes('"'))
          .map((name) => ({ path: name, sha256: sha('f') }));
        const manifest = { owner: 'shared', files };
        expect(parseManifest(manifestPath('shared'), printManifest(manifest))).toEqual(manifest);
        const begun = [...files, ...files.map(({ path: name }) => ({ path: name }))];
        expect(parseUnfinished(printUnfinished(begun))).toEqual(begun);
        for (const { path: name } of files)
          expect(() =>
            parseManifest(manifestPath('shared'), JSON.stringify({ ...manifest, format: 1, files: [{ path: name }] })),
          ).toThrow('no path with a SHA-256');
      }),
    ));

  it('that was cut off anywhere is an error that says what to do', () => {
    for (let length = 0; length < printed.length - 2; length++)
      expect(() => parseManifest(path, printed.slice(0, length))).toThrow(
        /^\.nines\/duru-notes\.manifest\.json is damaged \(.+\).*version control.*--adopt/,
      );
  });

  it.each([
    ['conflict markers', `<<<<<<< HEAD\n${printed}`],
    ['another owner', printed.replace('"owner": "duru-notes"', '"owner": "nexod"')],
    ['format 1', printed.replace('"format": 1', '"format": 2')],
    ['list of files', '{"format": 1, "owner": "duru-notes"}'],
    ['no path with a SHA-256', printed.replace(sha('a'), 'abc')],
    ['cannot be one of our files', printed.replace(file.path, '../../etc/passwd')],
    ['cannot be one of our files', printed.replace(file.path, '/etc/passwd')],
    ['cannot be one of our files', printed.replace(file.path, '.nines/shared.manifest.json')],
    ['cannot be one of our files', printed.replace(file.path, '.git/config')],
  ])('with %s is damaged', (why, text) => {
    expect(() => parseManifest(path, text)).toThrow(
      expect.objectContaining({ code: 'output_invalid', message: expect.stringContaining(why) }),
    );
  });
});
