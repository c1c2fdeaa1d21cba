import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeOwned } from '../../src/files/own.ts';
import { manifestPath, parseManifest } from '../../src/generate/manifest.ts';
import { ALL, emptyFolder, generated, treeOf, write } from './owned.ts';

const put = (dir: string, path: string, text: string): void => {
  mkdirSync(join(dir, path, '..'), { recursive: true });
  writeFileSync(join(dir, path), text);
};
const refusal = (code: string, ...words: string[]) =>
  expect.objectContaining({ code, message: expect.stringMatching(new RegExp(words.join('[^]*'))) });

const FIRST = { 'alerts/a.yml': 'a1\n', 'dashboards/d.json@shared': '{}\n' };

describe('generated files', () => {
  it('are written with a record of each owner, and nothing else', async () => {
    const dir = emptyFolder();
    await write(join(dir, 'out', 'er'), FIRST);
    expect(Object.keys(treeOf(join(dir, 'out', 'er')))).toEqual([
      '.nines/duru-notes.manifest.json',
      '.nines/shared.manifest.json',
      'alerts/a.yml',
      'dashboards/d.json',
    ]);
  });

  it('that are gone from the definitions are removed, with their folders and records', async () => {
    const dir = emptyFolder();
    await write(dir, { ...FIRST, 'alerts/deep/er/b.yml@nexod': 'b\n' });
    put(dir, 'alerts/mine.txt', 'mine');
    const { remove } = await write(dir, { 'dashboards/d.json@shared': '{}\n' });
    expect(remove).toEqual(['alerts/a.yml', 'alerts/deep/er/b.yml']);
    expect(Object.keys(treeOf(dir))).toEqual(['.nines/shared.manifest.json', 'alerts/mine.txt', 'dashboards/d.json']);
    await write(dir, {});
    expect(treeOf(dir)).toEqual({ 'alerts/mine.txt': 'mine' });
  });

  it('are left as they are, to the inode, when nothing changed', async () => {
    const dir = emptyFolder();
    await write(dir, FIRST);
    const { ino, mtimeMs } = statSync(join(dir, 'alerts/a.yml'));
    const { keep, write: written } = await write(dir, FIRST);
    const now = statSync(join(dir, 'alerts/a.yml'));
    expect([keep.length, written.length, now.ino, now.mtimeMs]).toEqual([2, 0, ino, mtimeMs]);
  });

  it('never replace, or remove, what others wrote or changed: all are named, and nothing is written', async () => {
    const dir = emptyFolder();
    await write(dir, { ...FIRST, 'alerts/gone.yml': 'gone\n' });
    put(dir, 'alerts/a.yml', 'a1\nby hand\n');
    put(dir, 'alerts/gone.yml', 'gone, by hand\n');
    put(dir, 'alerts/theirs.yml', 'theirs\n');
    const before = treeOf(dir);
    const next = {
      'alerts/a.yml': 'a2\n',
      'alerts/theirs.yml': 'ours\n',
      'dashboards/d.json@shared': '{"new":1}\n',
      'new.yml': 'n\n',
    };
    await expect(write(dir, next)).rejects.toEqual(
      refusal(
        'output_not_ours',
        'Nothing was written.*--adopt',
        'alerts/a.yml: was changed since Nines wrote it\n',
        'alerts/gone.yml: was changed since Nines wrote it, and is no longer generated\n',
        'alerts/theirs.yml: was not written by Nines',
      ),
    );
    expect(treeOf(dir)).toEqual(before);
    await write(dir, next, { adopt: true });
    expect(treeOf(dir)).toMatchObject({ 'alerts/a.yml': 'a2\n', 'alerts/theirs.yml': 'ours\n', 'new.yml': 'n\n' });
    expect(existsSync(join(dir, 'alerts/gone.yml'))).toBe(false);
  });

  it('take over a file that says the same already, without being asked', async () => {
    const dir = emptyFolder();
    put(dir, 'alerts/a.yml', 'a1\n');
    await write(dir, FIRST);
    await write(dir, { 'alerts/a.yml': 'a2\n' });
    expect(readFileSync(join(dir, 'alerts/a.yml'), 'utf8')).toBe('a2\n');
  });

  it('of another kind stay, and stay on record, when only some are asked for', async () => {
    const dir = emptyFolder();
    await write(dir, FIRST);
    put(dir, 'alerts/a.yml', 'by hand\n');
    const only = { inScope: (path: string) => path.startsWith('dashboards/') };
    await write(dir, { 'alerts/a.yml': 'a2\n', 'dashboards/new.json@shared': '{}\n' }, only);
    expect(treeOf(dir)).toMatchObject({ 'alerts/a.yml': 'by hand\n', 'dashboards/new.json': '{}\n' });
    expect(existsSync(join(dir, 'dashboards/d.json'))).toBe(false);
    await expect(write(dir, { 'alerts/a.yml': 'a2\n' })).rejects.toEqual(refusal('output_not_ours', 'changed since'));
  });

  it.each([
    [
      { 'alerts/a.yml': '', 'alerts/A.yml@nexod': '' },
      'alerts/a.yml .of the system duru-notes. and alerts/A.yml .of the system nexod.',
    ],
    [
      { 'alerts/é.yml': '', 'alerts/e\u0301.yml@shared': '' },
      'of the system duru-notes. and .* .of what all systems share',
    ],
    [{ alerts: '', 'Alerts/a.yml@nexod': '' }, 'a file and a folder: alerts .* and Alerts/a.yml'],
    [{ '../a.yml': '' }, '".." step'],
    [{ '/etc/a.yml': '' }, 'not relative'],
    [{ 'a\\b.yml': '' }, 'character'],
    [{ '.nines/x.json': '' }, 'kept for its own records'],
    [{ '.git/config': '' }, 'lies in .git'],
    [{ 'a.yml@../x': '' }, 'no id of a system'],
  ])('that cannot stand side by side are refused: %j', async (texts, words) => {
    const dir = emptyFolder();
    await expect(write(dir, texts)).rejects.toEqual(refusal('output_invalid', words));
    expect(treeOf(dir)).toEqual({});
  });

  it('are not written where a folder, a link or a file is in the way, not even to adopt', async () => {
    const [dir, elsewhere] = [emptyFolder(), emptyFolder()];
    mkdirSync(join(dir, 'folder.yml'));
    symlinkSync(elsewhere, join(dir, 'away'));
    symlinkSync(join(elsewhere, 'x'), join(dir, 'link.yml'));
    put(dir, 'file', '');
    const before = treeOf(dir);
    const texts = { 'ok.yml': '1', 'folder.yml': '1', 'away/a.yml': '1', 'link.yml': '1', 'file/a.yml': '1' };
    await expect(write(dir, texts, { adopt: true })).rejects.toEqual(
      refusal(
        'output_invalid',
        'away/a.yml: away is a link that leads out of the output folder',
        'file/a.yml: file is a file, and should be a folder',
        'folder.yml: is a folder',
        'link.yml: is a link',
      ),
    );
    expect([treeOf(dir), treeOf(elsewhere)]).toEqual([before, {}]);
  });

  it.each<[string, (path: string, victim: string) => void]>([
    ['a link', (path, victim) => symlinkSync(victim, path)],
    ['a link to nothing', (path, victim) => symlinkSync(`${victim}-gone`, path)],
    ['a file', (path) => writeFileSync(path, 'theirs\n')],
    ['a folder', (path) => mkdirSync(path)],
  ])('are not made ready through or over %s of others', async (_what, lay) => {
    const [dir, elsewhere] = [emptyFolder(), emptyFolder()];
    put(elsewhere, 'victim', 'precious\n');
    await write(dir, { ...FIRST, 'zone/z.yml': 'z1\n' });
    for (const name of ['alerts/.a.yml.nines-new', 'zone/.z.yml.nines-new'])
      lay(join(dir, name), join(elsewhere, 'victim'));
    const before = treeOf(dir);
    for (const adopt of [false, true])
      await expect(write(dir, { 'alerts/a.yml': 'a2\n', 'zone/z.yml': 'z2\n' }, { adopt })).rejects.toEqual(
        refusal('output_not_ours', 'Nothing was written', 'alerts/.a.yml.nines-new\n', 'zone/.z.yml.nines-new'),
      );
    expect([treeOf(dir), treeOf(elsewhere)]).toEqual([before, { victim: 'precious\n' }]);
  });

  it('stop at a file of others that comes meanwhile where they are made ready, and leave it', async () => {
    const dir = emptyFolder();
    await write(dir, FIRST);
    const before = treeOf(dir);
    const meanwhile = { onProgress: (done: number) => done === 1 && put(dir, '.b.yml.nines-new', 'theirs\n') };
    await expect(write(dir, { 'a.yml': 'a\n', 'b.yml': 'b\n' }, meanwhile as object)).rejects.toEqual(
      refusal('output_not_ours', '.b.yml.nines-new'),
    );
    expect(treeOf(dir)).toEqual({ ...before, '.b.yml.nines-new': 'theirs\n' });
  });

  it('replace what a killed run had made ready and on record, but no link of that name', async () => {
    const [dir, elsewhere] = [emptyFolder(), emptyFolder()];
    const unfinished = { format: 1, files: [{ path: 'a.yml', sha256: '0'.repeat(64) }] };
    put(dir, '.nines/unfinished.json', JSON.stringify(unfinished));
    symlinkSync(join(elsewhere, 'victim'), join(dir, '.a.yml.nines-new'));
    await expect(write(dir, { 'a.yml': 'a\n' })).rejects.toEqual(refusal('output_not_ours', '.a.yml.nines-new'));
    expect([treeOf(dir)['.a.yml.nines-new'], treeOf(elsewhere)]).toEqual(['link', {}]);
    rmSync(join(dir, '.a.yml.nines-new'));
    put(dir, '.a.yml.nines-new', 'half');
    await write(dir, { 'a.yml': 'a\n' });
    expect(treeOf(dir)).toEqual({ '.nines/duru-notes.manifest.json': expect.any(String), 'a.yml': 'a\n' });
  });

  it('forget what a killed run had only begun to make ready, and take none of it for theirs', async () => {
    const dir = emptyFolder();
    put(dir, '.nines/unfinished.json', JSON.stringify({ format: 1, files: [{ path: 'a.yml' }, { path: 'b.yml' }] }));
    put(dir, '.a.yml.nines-new', 'half');
    put(dir, 'b.yml', 'of somebody\n');
    await expect(write(dir, { 'b.yml': 'b\n' })).rejects.toEqual(refusal('output_not_ours', 'b.yml'));
    rmSync(join(dir, 'b.yml'));
    await write(dir, { 'b.yml': 'b\n' });
    expect(treeOf(dir)).toEqual({ '.nines/duru-notes.manifest.json': expect.any(String), 'b.yml': 'b\n' });
  });

  it('are made once where nothing lies, and not at all where they are not asked for', async () => {
    const dir = emptyFolder();
    const made: string[] = [];
    const files = generated({ 'a.yml': 'a\n', 'b.yml': 'b\n' }).map((file) => ({
      ...file,
      chunks: () => (made.push(file.path), file.chunks()),
    }));
    await writeOwned(dir, files, { ...ALL, inScope: (path) => path === 'a.yml' });
    expect(made).toEqual(['a.yml']);
    expect(
      parseManifest('.nines/duru-notes.manifest.json', treeOf(dir)['.nines/duru-notes.manifest.json'] ?? ''),
    ).toEqual({
      owner: 'duru-notes',
      files: [{ path: 'a.yml', sha256: createHash('sha256').update('a\n').digest('hex') }],
    });
  });

  it('may lie behind a link that stays inside, and the output folder may be a link itself', async () => {
    const dir = emptyFolder();
    mkdirSync(join(dir, 'real/alerts'), { recursive: true });
    symlinkSync('alerts', join(dir, 'real/rules'));
    symlinkSync('real', join(dir, 'out'));
    await write(join(dir, 'out'), { 'rules/a.yml': 'a\n' });
    expect(readFileSync(join(dir, 'real/alerts/a.yml'), 'utf8')).toBe('a\n');
  });

  it('refuse records that lead elsewhere', async () => {
    const [dir, elsewhere] = [emptyFolder(), emptyFolder()];
    symlinkSync(elsewhere, join(dir, '.nines'));
    await expect(write(dir, FIRST)).rejects.toEqual(refusal('output_invalid', '.nines is a link that leads out'));
    expect(treeOf(elsewhere)).toEqual({});
  });

  it('say what to do about a damaged record, and touch nothing', async () => {
    const dir = emptyFolder();
    await write(dir, FIRST);
    writeFileSync(join(dir, manifestPath('shared')), '{"format": 1, "fi');
    const before = treeOf(dir);
    await expect(write(dir, {})).rejects.toEqual(
      refusal('output_invalid', 'shared.manifest.json is damaged', '--adopt'),
    );
    expect(treeOf(dir)).toEqual(before);
    rmSync(join(dir, manifestPath('shared')));
    await write(dir, FIRST);
    expect(treeOf(dir)).toHaveProperty(['.nines/shared.manifest.json']);
  });

  it.skipIf(process.getuid?.() === 0)(
    'are refused by a folder that may not be written, before anything is',
    async () => {
      const dir = emptyFolder();
      await write(dir, FIRST);
      chmodSync(join(dir, 'dashboards'), 0o500);
      const before = treeOf(dir);
      await expect(write(dir, { 'alerts/a.yml': 'a2\n', 'dashboards/d.json@shared': 'x\n' })).rejects.toEqual(
        refusal('output_unwritable', 'this user may not'),
      );
      expect(treeOf(dir)).toEqual(before);
    },
  );

  it('are all or nothing when one of them cannot be made ready', async () => {
    const dir = emptyFolder();
    await write(dir, FIRST);
    const before = treeOf(dir);
    // Longer than a name may be, so that the file system itself refuses, after others were made ready.
    const texts = { 'alerts/a.yml': 'a2\n', [`new/${'n'.repeat(250)}`]: 'x' };
    await expect(write(dir, texts)).rejects.toEqual(refusal('output_unwritable', 'cannot be written'));
    expect(treeOf(dir)).toEqual(before);
  });

  it('are not half made in a folder that vanishes meanwhile', async () => {
    const dir = join(emptyFolder(), 'out');
    const vanish = { onProgress: (done: number) => done === 1 && rmSync(dir, { recursive: true }) };
    await expect(write(dir, { 'a/1.yml': '1', 'b/2.yml': '2', 'c/3.yml': '3' }, vanish as object)).rejects.toEqual(
      refusal('output_unwritable', 'is gone'),
    );
    expect(existsSync(dir)).toBe(false);
  });

  it('are not written into a file', async () => {
    const dir = emptyFolder();
    put(dir, 'out', 'a file');
    await expect(write(join(dir, 'out'), FIRST)).rejects.toEqual(refusal('output_unwritable', 'out'));
  });

  it('are written by one run at a time', async () => {
    const dir = emptyFolder();
    const answers = await Promise.allSettled([write(dir, FIRST), write(dir, { 'alerts/b.yml': 'b\n' })]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'output_locked' } });
  });

  it.each([
    ['of a process that runs', `1@${hostname()}.0123456789abcdef`],
    ['of another machine', `1@elsewhere.0123456789abcdef`],
    ['that nobody understands', 'what?'],
  ])('wait for the lock %s to be taken away', async (_whose, text) => {
    const dir = emptyFolder();
    mkdirSync(join(dir, '.nines'));
    symlinkSync(text, join(dir, '.nines/generate.lock'));
    await expect(write(dir, FIRST)).rejects.toEqual(refusal('output_locked', 'delete .*generate.lock'));
    expect(treeOf(dir)).toEqual({ '.nines/generate.lock': 'link' });
    rmSync(join(dir, '.nines/generate.lock'));
    await write(dir, FIRST);
  });
});
