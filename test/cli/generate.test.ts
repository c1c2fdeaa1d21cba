import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { treeOf } from '../files/owned.ts';
import { folderWith, launched, nines } from './nines.ts';

const first = (tree: Record<string, unknown>): string =>
  Object.keys(tree).find((path) => !path.startsWith('.nines/')) ?? '';

describe('nines generate', () => {
  it('writes the files of the shipped catalog, and finds nothing to do the second time', async () => {
    const out = folderWith();
    const { code, stdout, stderr } = await nines(['generate', '--out', out]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[1-9]\d* files written, 0 removed, 0 unchanged in .+\.\n$/);
    const tree = treeOf(out);
    expect(Object.keys(tree)).toContain('.nines/duru-notes.manifest.json');
    expect((await nines(['generate', '--out', out])).stdout).toMatch(/^0 files written, 0 removed, [1-9]\d* unchanged/);
    expect(treeOf(out)).toEqual(tree);
    expect((await nines(['generate', '--check', '--out', out])).code).toBe(0);
  });

  it.each([
    ['generate', '--out'],
    ['generate', '--check', '--out'],
    ['diff', '--against'],
  ])('%s %s says plainly that a file is no folder', async (...args) => {
    const file = join(folderWith({ afile: 'mine' }), 'afile');
    const { code, stderr } = await nines([...args, file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^nines: output_unwritable: .*afile.*: a file is where a folder should be\.\n$/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('says once that links lead to this machine, where nobody wrote down where Nines is', async () => {
    const system = readFileSync('slo/duru-notes.yaml');
    const config = folderWith({
      'a.yaml': system,
      'b.yaml': readFileSync('slo/policies.yaml'),
      'requirements.yaml': readFileSync('slo/requirements.yaml'),
    });
    const generate = (...args: string[]) => nines(['generate', '--config', config, '--out', folderWith(), ...args]);
    const { code, stderr } = await generate();
    expect([code, stderr]).toEqual([
      0,
      'nines: No links.yaml says where your Nines and Grafana are, so links in alerts and dashboards lead to http://localhost:9700 and http://localhost:3000.\n',
    ]);
    expect((await generate('--json')).stderr).toBe('');
    writeFileSync(join(config, 'links.yaml'), 'apiVersion: nines/v1\nkind: Links\n');
    expect((await generate()).stderr).toBe('');
  });

  it('writes the same bytes in another zone, language and environment', async () => {
    const [here, there] = [folderWith(), folderWith()];
    await nines(['generate', '--out', here], { TZ: 'UTC', LANG: 'C' });
    const set = {
      DURU_API_URL: 'https://recognised.internal',
      DURU_NOTIFICATIONS_URL: 'https://recognised.internal',
      SLACK_BOT_TOKEN: 'xoxb-recognised',
    };
    await nines(['generate', '--out', there], {
      TZ: 'Pacific/Chatham',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      ...set,
    });
    expect(treeOf(there)).toEqual(treeOf(here));
    const leaking = Object.entries(treeOf(there)).filter(([, text]) => text?.includes('recognised'));
    expect(leaking.map(([path]) => path)).toEqual([]);
  });

  it('writes the same bytes whatever the order and the names of the definition files', async () => {
    const [here, there] = [folderWith(), folderWith()];
    const [system, policies] = ['slo/duru-notes.yaml', 'slo/policies.yaml'].map((file) => readFileSync(file));
    const requirements = readFileSync('slo/requirements.yaml');
    const config = [
      folderWith({ 'a.yaml': system ?? '', 'b.yaml': policies ?? '', 'requirements.yaml': requirements }),
      folderWith({ 'z.yaml': system ?? '', 'y.yml': policies ?? '', 'requirements.yaml': requirements }),
    ];
    expect((await nines(['generate', '--config', config[0] ?? '', '--out', here])).code).toBe(0);
    expect((await nines(['generate', '--config', config[1] ?? '', '--out', there])).code).toBe(0);
    expect(treeOf(there)).toEqual(treeOf(here));
  });

  it('--check names what is missing, stale, changed and edited, ends with 2, and writes nothing', async () => {
    const out = folderWith();
    await nines(['generate', '--out', out]);
    const path = first(treeOf(out));
    writeFileSync(join(out, path), 'by hand');
    const manifest = join(out, '.nines/nexod.manifest.json');
    writeFileSync(join(out, 'old.yml'), '');
    const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    writeFileSync(manifest, JSON.stringify({ format: 1, owner: 'nexod', files: [{ path: 'old.yml', sha256 }] }));
    const before = treeOf(out);
    const { code, stdout } = await nines(['generate', '--check', '--out', out]);
    expect(code).toBe(2);
    expect(stdout).toContain(`${path}: edited (was changed since Nines wrote it)\n`);
    expect(stdout).toContain('old.yml: stale\n');
    rmSync(join(out, path));
    expect((await nines(['generate', '--check', '--out', out])).stdout).toContain(`${path}: missing\n`);
    writeFileSync(join(out, path), 'by hand');
    const { differences } = JSON.parse((await nines(['generate', '--check', '--json', '--out', out])).stdout) as {
      differences: unknown[];
    };
    expect(differences).toContainEqual({ path, state: 'edited', why: 'was changed since Nines wrote it' });
    expect(treeOf(out)).toEqual(before);
    const refused = await nines(['generate', '--out', out]);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/^nines: output_not_ours: Nothing was written/),
    ]);
    expect((await nines(['generate', '--adopt', '--out', out])).code).toBe(0);
    expect((await nines(['generate', '--check', '--out', out])).code).toBe(0);
  });

  it('refuses definitions with mistakes, and leaves what is there', async () => {
    const [out, config] = [folderWith({ 'a.txt': 'a' }), folderWith({ 'a.yaml': 'kind: Nonsense\n' })];
    const { code, stderr } = await nines(['generate', '--config', config, '--out', out]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^nines: definition_invalid: .*nines check lists them.*\n$/),
    ]);
    expect(treeOf(out)).toEqual({ 'a.txt': 'a' });
  });

  it.each([
    [['--only', 'rules,dashbords'], /--only takes rules, .*"dashbords"/],
    [['--target', 'mimir'], /--target must be/],
    [['--prometheus-min', 'new'], /--prometheus-min must be a version/],
  ])('refuses %j', async (flags, words) => {
    const { code, stderr } = await nines(['generate', '--out', folderWith(), ...flags]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
  });

  it('says who writes already, and goes on after one that was killed', async () => {
    const out = folderWith();
    mkdirSync(join(out, '.nines'));
    const lock = join(out, '.nines/generate.lock');
    symlinkSync(`${process.pid}@${hostname()}.0123456789abcdef`, lock);
    const { code, stderr } = await nines(['generate', '--out', out]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(new RegExp(`^nines: output_locked: .*${process.pid}@`))]);
    rmSync(lock);
    const { child, ended } = launched(['status', '--port', '1']);
    await ended;
    symlinkSync(`${child.pid}@${hostname()}.0123456789abcdef`, lock);
    expect((await nines(['generate', '--out', out])).code).toBe(0);
    expect(Object.keys(treeOf(out)).filter((path) => path.includes('lock'))).toEqual([]);
  });

  it('is finished by the next run when it is killed with -9 at any moment', { timeout: 120_000 }, async () => {
    const [clean, out] = [folderWith(), folderWith()];
    const began = performance.now();
    await nines(['generate', '--out', clean]);
    const whole = performance.now() - began;
    for (let round = 0; round < 5; round++) {
      rmSync(out, { recursive: true, force: true });
      const { child, ended } = launched(['generate', '--out', out]);
      await new Promise((resolve) => {
        setTimeout(resolve, whole * (0.5 + round / 8));
      });
      child.kill('SIGKILL');
      await ended;
      expect(await nines(['generate', '--out', out])).toMatchObject({ code: 0, stderr: '' });
      expect(treeOf(out)).toEqual(treeOf(clean));
    }
  });
});
