import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLookup, readDefinitions } from '../../src/files/read.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-read-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('all definitions are read in one order, requirements apart, everything else left alone', async () => {
  await Promise.all(
    ['b.yml', 'a.yaml', 'C.YAML', 'requirements.yaml', '.hidden.yaml', 'schema.json', 'a.yaml~', 'a.yaml.swp'].map(
      (name) => writeFile(join(dir, name), name),
    ),
  );
  await mkdir(join(dir, 'folder.yaml'));
  const { files, requirements } = await readDefinitions(dir);
  expect(files.map(({ file }) => file)).toEqual(['C.YAML', 'a.yaml', 'b.yml'].map((name) => `${dir}/${name}`));
  expect(new TextDecoder().decode(files[1]?.text)).toBe('a.yaml');
  expect(requirements?.file).toBe(`${dir}/requirements.yaml`);
});

test('files are shown as the folder was given', async () => {
  for (const given of ['slo', './slo', 'slo/', './slo//']) {
    const { files } = await readDefinitions(given);
    expect(files.map(({ file }) => file)).toContain('slo/duru-notes.yaml');
  }
});

test('a folder that does not exist is an error that says what to do', async () => {
  await expect(readDefinitions(join(dir, 'none'))).rejects.toMatchObject({
    code: 'definition_unreadable',
    message: expect.stringContaining('there is no such folder; create it or name another with --config'),
  });
});

test('a folder without definitions has none', async () => {
  expect(await readDefinitions(dir)).toEqual({ files: [], requirements: null });
});

test('references are looked up in the environment and in files, and empty ones are unset', async () => {
  await writeFile(join(dir, 'token'), 's3cret\n');
  await writeFile(join(dir, 'empty'), '\n');
  const lookup = createLookup({ TOKEN: 'abc', EMPTY: '' });
  expect(lookup('env:TOKEN')).toBe('abc');
  expect(lookup('env:EMPTY')).toBeUndefined();
  expect(lookup('env:NONE')).toBeUndefined();
  expect(lookup(`file:${join(dir, 'token')}`)).toBe('s3cret');
  expect(lookup(`file:${join(dir, 'empty')}`)).toBeUndefined();
  expect(lookup(`file:${join(dir, 'none')}`)).toBeUndefined();
  expect(lookup('TOKEN')).toBeUndefined();
});

test('nothing is inherited from the prototype of an environment', () => {
  expect(createLookup({})('env:constructor')).toBeUndefined();
});
