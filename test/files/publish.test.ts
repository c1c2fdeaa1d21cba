import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publish, type PublishOptions } from '../../src/files/publish.ts';
import { emptyFolder, generated, treeOf } from './owned.ts';

// Nothing of the machine that runs the tests may count; a hook's variables must lead nowhere.
const ENV = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_DIR: '/nowhere/.git',
  GIT_INDEX_FILE: '/nowhere/index',
};
const PLAIN = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };

const git = (dir: string, ...args: string[]): string =>
  execFileSync('git', ['-C', dir, ...args], { env: PLAIN, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

const identify = (dir: string, name = 'Duru'): void => {
  git(dir, 'config', 'user.name', name);
  git(dir, 'config', 'user.email', `${name}@example.org`);
};
const commit = (dir: string, path: string, text: string): void => {
  mkdirSync(join(dir, path, '..'), { recursive: true });
  writeFileSync(join(dir, path), text);
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '-m', `Write ${path}`);
};

/** A clone of a remote whose main has one commit. */
const clone = () => {
  const [remote, repo] = [join(emptyFolder(), 'remote.git'), join(emptyFolder(), 'repo')];
  execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', remote], { env: PLAIN });
  execFileSync('git', ['clone', '--quiet', remote, repo], { env: PLAIN, stdio: 'ignore' });
  git(repo, 'checkout', '--quiet', '-B', 'main');
  identify(repo);
  commit(repo, 'README.md', 'Monitoring\n');
  git(repo, 'push', '--quiet', 'origin', 'main');
  return { remote, repo };
};

type Texts = Readonly<Record<string, string>>;
const FIRST: Texts = { 'alerts/a.yml': 'a: 1\n', 'alerts/b.yml@nexod': 'b: 1\n' };
const send = (repo: string, texts: Texts, options: Partial<PublishOptions> = {}) =>
  publish(generated(texts), {
    repo,
    branch: 'nines/update',
    folder: '',
    push: false,
    dryRun: false,
    adopt: false,
    inScope: () => true,
    env: ENV,
    ...options,
  });
const filesOf = (repo: string, ref = 'nines/update'): string[] =>
  git(repo, 'ls-tree', '-r', '--name-only', ref).split('\n');
const refusal = (words: string | RegExp, code = 'git_refused') =>
  expect.objectContaining({ code, message: expect.stringMatching(words) });
/** All refs, and all that lies in the folder but the objects: nothing of it may change when it refuses. */
const stateOf = (repo: string) => ({
  refs: git(repo, 'for-each-ref'),
  tree: Object.fromEntries(
    Object.entries(treeOf(repo)).filter(([path]) => !/^(?:\.git\/)?(?:objects|FETCH_HEAD)/.test(path)),
  ),
});
/** How a run was refused, and whether it left everything as it was. */
const outcomeOf = async (repo: string, run: () => Promise<unknown>) => {
  const before = stateOf(repo);
  const error = await run().then(
    () => null,
    (error: unknown) => error,
  );
  return { error, untouched: JSON.stringify(stateOf(repo)) === JSON.stringify(before) };
};
const refused = (words: string | RegExp, code?: string) => ({ error: refusal(words, code), untouched: true });

describe('publish', () => {
  it('commits owned files on its branch, and touches neither work tree nor index nor another branch', async () => {
    const { repo } = clone();
    writeFileSync(join(repo, 'README.md'), 'half a sentence');
    writeFileSync(join(repo, 'staged.txt'), 'staged');
    git(repo, 'add', 'staged.txt');
    const [index, main] = [readFileSync(join(repo, '.git/index')), git(repo, 'rev-parse', 'main')];
    const { outcome, message } = await send(repo, FIRST, { folder: 'config/nines' });
    expect([outcome, message]).toEqual([
      'committed',
      expect.stringMatching(/^Update generated files: 2 changes\n\n- /),
    ]);
    expect(filesOf(repo)).toEqual([
      'README.md',
      'config/nines/.nines/duru-notes.manifest.json',
      'config/nines/.nines/nexod.manifest.json',
      'config/nines/alerts/a.yml',
      'config/nines/alerts/b.yml',
    ]);
    expect(git(repo, 'log', '--format=%an %cn', 'nines/update', '^main')).toBe('Duru Duru');
    expect(readFileSync(join(repo, '.git/index')).equals(index)).toBe(true);
    expect([git(repo, 'rev-parse', 'main'), readFileSync(join(repo, 'README.md'), 'utf8')]).toEqual([
      main,
      'half a sentence',
    ]);
    expect(git(repo, 'show', 'nines/update:README.md')).toBe('Monitoring');
  });

  it('makes no commit when nothing changed, one when something did, and removes what is gone', async () => {
    const { repo } = clone();
    await send(repo, FIRST);
    const tip = git(repo, 'rev-parse', 'nines/update');
    expect((await send(repo, FIRST)).outcome).toBe('up-to-date');
    expect(git(repo, 'rev-parse', 'nines/update')).toBe(tip);
    expect((await send(repo, { 'alerts/a.yml': 'a: 2\n' })).outcome).toBe('committed');
    expect(filesOf(repo)).toEqual(['.nines/duru-notes.manifest.json', 'README.md', 'alerts/a.yml']);
    expect(git(repo, 'rev-parse', 'nines/update^')).toBe(tip);
  });

  it('says what it would commit, and commits nothing, when asked so', async () => {
    const { repo } = clone();
    const before = stateOf(repo);
    expect(await send(repo, FIRST, { dryRun: true })).toMatchObject({
      outcome: 'would-commit',
      message: expect.stringContaining('alerts/a.yml'),
    });
    expect(stateOf(repo)).toEqual(before);
  });

  it('pushes that branch alone, goes on from the remote in a fresh clone, and starts again where it was merged', async () => {
    const { remote, repo } = clone();
    commit(repo, 'unpushed.txt', 'mine');
    git(repo, 'reset', '--quiet', '--hard', 'HEAD^');
    expect(await send(repo, FIRST, { push: true })).toMatchObject({ pushed: true });
    expect(git(remote, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main\nrefs/heads/nines/update');
    expect(await send(repo, FIRST, { push: true })).toMatchObject({ outcome: 'up-to-date', pushed: false });

    const other = join(emptyFolder(), 'other');
    execFileSync('git', ['clone', '--quiet', remote, other], { env: PLAIN });
    identify(other, 'CI');
    const first = git(remote, 'rev-parse', 'nines/update');
    await send(other, { ...FIRST, 'alerts/a.yml': 'a: 2\n' }, { push: true });
    expect(git(remote, 'rev-parse', 'nines/update^')).toBe(first);
    // Back in the first clone, whose branch is behind by now.
    expect(await send(repo, { ...FIRST, 'alerts/a.yml': 'a: 2\n' }, { push: true })).toMatchObject({
      outcome: 'up-to-date',
    });

    git(other, 'merge', '--quiet', '--no-ff', '-m', 'Merge', 'nines/update');
    git(other, 'push', '--quiet', 'origin', 'main');
    expect(await send(other, { ...FIRST, 'alerts/a.yml': 'a: 2\n' }, { push: true })).toMatchObject({
      outcome: 'up-to-date',
      pushed: false,
    });
    await send(other, { ...FIRST, 'alerts/a.yml': 'a: 3\n' }, { push: true });
    expect(git(remote, 'rev-parse', 'nines/update^')).toBe(git(remote, 'rev-parse', 'main'));
  });

  it('pushes what an earlier run only committed', async () => {
    const { remote, repo } = clone();
    await send(repo, FIRST);
    expect(await send(repo, FIRST, { push: true })).toMatchObject({ outcome: 'up-to-date', pushed: true });
    expect(git(remote, 'rev-parse', 'nines/update')).toBe(git(repo, 'rev-parse', 'nines/update'));
  });

  it.each(['main', 'Main', 'master'])('refuses the default branch %s', async (branch) => {
    const { repo } = clone();
    expect(await outcomeOf(repo, () => send(repo, FIRST, { branch }))).toEqual(refused(/is a default branch/));
  });

  it('refuses the default branch of the remote, whatever it is called', async () => {
    const { repo, remote } = clone();
    git(repo, 'push', '--quiet', 'origin', 'main:trunk');
    git(remote, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
    expect(await outcomeOf(repo, () => send(repo, FIRST, { branch: 'trunk', push: true }))).toEqual(
      refused(/trunk is a default branch/),
    );
  });

  it.each(['-x', 'a..b', '', 'HEAD', '@{-1}', 'a b'])('refuses the branch name %j', async (branch) => {
    const { repo } = clone();
    expect(await outcomeOf(repo, () => send(repo, FIRST, { branch }))).toEqual(
      refused(/cannot be the name of a branch/),
    );
  });

  it('refuses a branch that is checked out, here or in another work tree', async () => {
    const { repo } = clone();
    git(repo, 'worktree', 'add', '--quiet', '-b', 'nines/update', join(emptyFolder(), 'tree'));
    expect(await outcomeOf(repo, () => send(repo, FIRST))).toEqual(refused(/is checked out/));
  });

  it('refuses another name for a branch, here or at the remote', async () => {
    const { remote, repo } = clone();
    git(repo, 'symbolic-ref', 'refs/heads/other-name', 'refs/heads/main');
    git(repo, 'symbolic-ref', 'refs/heads/of-nothing', 'refs/heads/nothing');
    for (const branch of ['other-name', 'of-nothing'])
      expect(await outcomeOf(repo, () => send(repo, FIRST, { branch }))).toEqual(
        refused(/is only another name for refs\/heads\/(?:main|nothing)/),
      );
    git(remote, 'symbolic-ref', 'refs/heads/theirs', 'refs/heads/main');
    const main = git(remote, 'rev-parse', 'main');
    expect(await outcomeOf(repo, () => send(repo, FIRST, { branch: 'theirs', push: true }))).toEqual(
      refused(/theirs at the remote origin is only another name for refs\/heads\/main/),
    );
    expect(git(remote, 'rev-parse', 'main')).toBe(main);
  });

  it("refuses other people's commits, and ours that somebody changed", async () => {
    const { repo } = clone();
    await send(repo, FIRST);
    git(repo, 'checkout', '--quiet', 'nines/update');
    identify(repo, 'Ada');
    commit(repo, 'notes.md', 'by Ada');
    git(repo, 'checkout', '--quiet', 'main');
    expect(await outcomeOf(repo, () => send(repo, { 'x.yml': 'x' }))).toEqual(
      refused(/nines publish did not make.* by Ada \(Write notes.md\)/),
    );
    git(repo, 'checkout', '--quiet', 'nines/update');
    git(repo, 'reset', '--quiet', '--hard', 'HEAD^');
    writeFileSync(join(repo, 'alerts/a.yml'), 'a: by hand\n');
    git(repo, 'commit', '--quiet', '--all', '--amend', '--no-edit');
    git(repo, 'checkout', '--quiet', 'main');
    expect(await outcomeOf(repo, () => send(repo, FIRST))).toEqual(refused(/changed since/));
  });

  it.each([
    ['here', false],
    ['at the remote', true],
  ])('refuses a branch of others %s that only lags behind the default one', async (_where, push) => {
    const { repo, remote } = clone();
    git(repo, ...(push ? ['push', '--quiet', 'origin', 'main:production'] : ['branch', '--quiet', 'production']));
    commit(repo, 'two.md', 'two');
    git(repo, 'push', '--quiet', 'origin', 'main');
    const refs = git(remote, 'for-each-ref');
    if (push) git(repo, 'fetch', '--quiet', 'origin');
    expect(await outcomeOf(repo, () => send(repo, FIRST, { branch: 'production', push }))).toEqual(
      refused(
        /production has a commit that .* by Duru \(Write README.md\)\. Delete that branch if nobody needs it, or/,
      ),
    );
    expect(git(remote, 'for-each-ref')).toBe(refs);
  });

  it('takes a branch that somebody made for it just now', async () => {
    const { repo } = clone();
    git(repo, 'branch', '--quiet', 'nines/update');
    expect((await send(repo, FIRST)).outcome).toBe('committed');
  });

  it('refuses files of others, and takes them over when asked to', async () => {
    const { repo } = clone();
    commit(repo, 'alerts/a.yml', 'a: by hand\n');
    git(repo, 'push', '--quiet', 'origin', 'main');
    expect(await outcomeOf(repo, () => send(repo, FIRST))).toEqual(
      refused('alerts/a.yml: was not written by Nines', 'output_not_ours'),
    );
    await send(repo, FIRST, { adopt: true });
    expect(git(repo, 'show', 'nines/update:alerts/a.yml')).toBe('a: 1');
  });

  it.each([
    ['changed', 'alerts/a.yml', true],
    ['new', 'alerts/a.yml', false],
  ])('refuses while an owned file is %s and not committed', async (_how, path, committed) => {
    const { repo } = clone();
    if (committed) {
      await send(repo, FIRST);
      git(repo, 'merge', '--quiet', 'nines/update');
      git(repo, 'push', '--quiet', 'origin', 'main');
    }
    mkdirSync(join(repo, 'alerts'), { recursive: true });
    writeFileSync(join(repo, path), 'by hand');
    expect(await outcomeOf(repo, () => send(repo, { ...FIRST, 'alerts/a.yml': 'a: 3\n' }))).toEqual(
      refused(/not committed; .*\n {2}alerts\/a.yml$/),
    );
  });

  it('refuses a branch that went another way at the remote, and a remote that refuses', async () => {
    const { repo, remote } = clone();
    await send(repo, FIRST, { push: true });
    const other = join(emptyFolder(), 'other');
    execFileSync('git', ['clone', '--quiet', remote, other], { env: PLAIN });
    identify(other);
    await send(other, { 'c.yml': 'c' }, { push: true });
    await send(repo, { 'd.yml': 'd' });
    await expect(send(repo, { 'd.yml': 'd' }, { push: true })).rejects.toEqual(refusal(/went different ways/));
    git(repo, 'branch', '--quiet', '-D', 'nines/update');
    writeFileSync(join(remote, 'hooks/pre-receive'), '#!/bin/sh\necho no pushes on fridays >&2\nexit 1\n');
    chmodSync(join(remote, 'hooks/pre-receive'), 0o755);
    const tip = git(remote, 'rev-parse', 'nines/update');
    expect(await outcomeOf(repo, () => send(repo, { 'e.yml': 'e' }, { push: true }))).toEqual(
      refused(/did not take the branch: .*fridays/),
    );
    expect(git(remote, 'rev-parse', 'nines/update')).toBe(tip);
  });

  it('refuses a remote that does not answer, and a push to nowhere', async () => {
    const { repo, remote } = clone();
    rmSync(remote, { recursive: true });
    expect(await outcomeOf(repo, () => send(repo, FIRST, { push: true }))).toEqual(
      refused(/remote origin does not answer/),
    );
    git(repo, 'remote', 'remove', 'origin');
    expect(await outcomeOf(repo, () => send(repo, FIRST, { push: true }))).toEqual(refused(/no remote to push to/));
  });

  it('refuses a detached HEAD, nobody who commits, and a repository without a commit', async () => {
    const { repo } = clone();
    git(repo, 'config', '--unset', 'user.name');
    expect(await outcomeOf(repo, () => send(repo, FIRST))).toEqual(refused(/set user.name and user.email/));
    identify(repo);
    git(repo, 'checkout', '--quiet', '--detach');
    expect(await outcomeOf(repo, () => send(repo, FIRST))).toEqual(refused(/detached HEAD/));
    const fresh = emptyFolder();
    git(fresh, 'init', '--quiet', '-b', 'trunk');
    identify(fresh);
    expect(await outcomeOf(fresh, () => send(fresh, FIRST))).toEqual(refused(/no commit yet/));
  });

  it('refuses what is no repository, or only a folder in one', async () => {
    const { repo } = clone();
    await expect(send(join(repo, 'nowhere'), FIRST)).rejects.toEqual(refusal(/There is no folder/));
    await expect(send(emptyFolder(), FIRST)).rejects.toEqual(refusal(/is no git repository/));
    mkdirSync(join(repo, 'config'));
    await expect(send(join(repo, 'config'), FIRST)).rejects.toEqual(refusal(/lies within the repository/));
    await expect(send(repo, FIRST, { folder: '../x' })).rejects.toEqual(refusal(/--out/));
    await expect(send(repo, FIRST, { env: { ...ENV, PATH: '/nowhere' } })).rejects.toEqual(
      refusal(/git is not installed/),
    );
  });

  it('works on a repository without a work tree, and where a folder is a link it refuses', async () => {
    const { remote, repo } = clone();
    identify(remote);
    expect((await send(remote, FIRST)).outcome).toBe('committed');
    execFileSync('ln', ['-s', 'README.md', join(repo, 'alerts')]);
    git(repo, 'add', '--all');
    git(repo, 'commit', '--quiet', '-m', 'Link');
    git(repo, 'push', '--quiet', 'origin', 'main');
    expect(await outcomeOf(repo, () => send(repo, FIRST))).toEqual(
      refused('alerts is no folder in the repository', 'output_invalid'),
    );
  });
});
