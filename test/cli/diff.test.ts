import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, nines } from './nines.ts';

/** The shipped catalog with another text in it. */
const changed = (from: string, to: string): string => {
  const system = readFileSync('slo/duru-notes.yaml', 'utf8');
  if (!system.includes(from)) throw new Error(`slo/duru-notes.yaml has no ${from}`);
  return folderWith({
    'duru-notes.yaml': system.replace(from, to),
    'policies.yaml': readFileSync('slo/policies.yaml'),
    'requirements.yaml': readFileSync('slo/requirements.yaml'),
  });
};

const generatedOnce = async (): Promise<string> => {
  const out = folderWith();
  await nines(['generate', '--out', out]);
  return out;
};

describe('nines diff', () => {
  it('ends with 0 when nothing differs', async () => {
    const { code, stdout } = await nines(['diff', '--against', await generatedOnce()]);
    expect([code, stdout]).toEqual([0, 'Nothing differs.\n']);
  });

  it('says first what changed in the words of the definitions, then shows lines, and ends with 2', async () => {
    const [out, config] = [await generatedOnce(), changed('objective: 99.9 # 43', 'objective: 99.95 # 43')];
    const { code, stdout, stderr } = await nines(['diff', '--against', out, '--config', config]);
    expect([code, stderr]).toEqual([2, '']);
    const words = stdout.slice(0, stdout.indexOf('\n\n--- a/')).split('\n');
    expect(words[0]).toBe('duru-notes/api availability: objective 99.9 → 99.95');
    // What follows from the objective is not told rule by rule.
    expect(words.filter((line) => line.startsWith('duru-notes/'))).toHaveLength(1);
    expect(stdout).toMatch(/\n-\s+expr: .*0\.999\b.*\n\+\s+expr: .*0\.9995\b/);
  });

  it('is JSON for machines, and Markdown for pull requests', async () => {
    const [out, config] = [await generatedOnce(), changed('objective: 99.9 # 43', 'objective: 99.95 # 43')];
    const flags = ['diff', '--against', out, '--config', config];
    const json = JSON.parse((await nines([...flags, '--format', 'json'])).stdout) as {
      same: boolean;
      changes: unknown[];
    };
    expect(json).toMatchObject({ same: false });
    expect(json.changes).toContainEqual(
      expect.objectContaining({ subject: 'duru-notes/api availability', what: 'objective 99.9 → 99.95' }),
    );
    const markdown = (await nines([...flags, '--format', 'markdown'])).stdout;
    expect(markdown).toMatch(
      /^### Nines: \d+ changes? in \d+ files?\n\n- duru-notes\/api availability: objective 99.9 → 99.95\n/,
    );
    expect(markdown).toContain('```diff\n--- a/');
  });

  it('names files that somebody changed, or that cannot be read', async () => {
    const out = await generatedOnce();
    const { differences } = JSON.parse((await nines(['diff', '--json', '--against', folderWith()])).stdout) as {
      differences: { path: string }[];
    };
    const path = differences.find((one) => one.path.startsWith('alerts/'))?.path ?? '';
    writeFileSync(join(out, path), 'groups: [\n');
    const { code, stdout } = await nines(['diff', '--against', out]);
    expect(code).toBe(2);
    expect(stdout).toContain(`${path}: edited (was changed since Nines wrote it)\n`);
    expect(stdout).toMatch(
      new RegExp(`${path}: cannot be read as it is on disk \\(.+\\); all of it would be replaced\n`),
    );
  });

  it('refuses a form that it does not know', async () => {
    const { code, stderr } = await nines(['diff', '--format', 'html']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/--format must be text, json, markdown/)]);
  });
});
