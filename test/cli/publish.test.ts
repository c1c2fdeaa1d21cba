import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, nines } from './nines.ts';

const ENV = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
const git = (dir: string, ...args: string[]): string =>
  execFileSync('git', ['-C', dir, ...args], { env: { PATH: process.env['PATH'], ...ENV }, encoding: 'utf8' }).trim();

const repository = (): string => {
  const repo = folderWith({ 'README.md': 'Monitoring\n' });
  git(repo, 'init', '--quiet', '-b', 'main');
  git(repo, 'config', 'user.name', 'Duru');
  git(repo, 'config', 'user.email', 'duru@example.org');
  git(repo, 'add', '--all');
  git(repo, 'commit', '--quiet', '-m', 'Begin');
  return repo;
};

describe('nines publish', () => {
  it('commits the files of the shipped catalog on a branch, once', async () => {
    const repo = repository();
    const flags = ['publish', '--repo', repo, '--branch', 'nines/update', '--out', './monitoring/'];
    const dry = await nines([...flags, '--dry-run'], ENV);
    expect([dry.code, dry.stdout]).toEqual([
      0,
      expect.stringMatching(/^Would commit on nines\/update:\n\nUpdate generated files: /),
    ]);
    const { code, stdout, stderr } = await nines(flags, ENV);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^duru-notes\/api availability: added\n[^]*\nCommitted [0-9a-f]{10} on nines\/update\.\n$/);
    expect(await nines(flags, ENV)).toMatchObject({ code: 0, stdout: 'nines/update is already up to date.\n' });
    expect(git(repo, 'status', '--porcelain')).toBe('');
    // What is on the branch is what generate writes.
    git(repo, 'checkout', '--quiet', 'nines/update');
    expect((await nines(['generate', '--check', '--out', join(repo, 'monitoring')])).code).toBe(0);
  });

  it.each([
    [['publish'], /^nines: invalid_request: nines publish needs --repo/],
    [['publish', '--repo', '.'], /^nines: invalid_request: nines publish needs --branch/],
    [['publish', '--repo', '/nowhere', '--branch', 'x'], /^nines: git_refused: There is no folder \/nowhere/],
  ])('says of %j what is missing', async (args, words) => {
    const { code, stdout, stderr } = await nines(args, ENV);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(words)]);
  });
});
