import { realpathSync, statSync } from 'node:fs';
import { prefixOf } from './commit-place.ts';
import { refused, said, type Git } from './git.ts';

/** Throws `git_refused` unless this folder is the top of a repository. */
export const checkRepository = async (git: Git, repo: string): Promise<void> => {
  if (!statSync(repo, { throwIfNoEntry: false })?.isDirectory())
    throw refused(`There is no folder ${repo}; name a clone with --repo.`);
  const inside = await git.ask(['rev-parse', '--is-bare-repository', '--absolute-git-dir']);
  if (inside.code !== 0) throw refused(`${repo} is no git repository: ${said(inside.stderr)}`);
  if (inside.stdout.toString('utf8').startsWith('true')) return;
  const top = await git.text(['rev-parse', '--show-toplevel']);
  // Else the files would go to a repository around this folder, which nobody named.
  if (realpathSync(top) !== realpathSync(repo))
    throw refused(`${repo} lies within the repository ${top}; name that one with --repo, and the folder with --out.`);
};

/** Guessed names (user@host) are refused: somebody has to stand for a commit. */
export const checkIdentity = async (git: Git): Promise<void> => {
  const { code } = await git.ask(['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT']);
  if (code !== 0)
    throw refused('git does not know who commits: set user.name and user.email in this repository (git config).');
};

/** Changes that somebody has not committed yet to a file that is about to be committed elsewhere. */
export const checkUncommitted = async (git: Git, folder: string, ours: ReadonlySet<string>): Promise<void> => {
  if ((await git.text(['rev-parse', '--is-bare-repository'])) === 'true') return;
  const status = await git.bytes([
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=all',
    '--ignore-submodules=all',
    '--',
    folder === '' ? ':(top)' : `:(top,literal)${folder}`,
  ]);
  const prefix = prefixOf(folder);
  const dirty = status
    .toString('utf8')
    .split('\0')
    .map((line) => line.slice(3))
    .filter((path) => path.startsWith(prefix) && ours.has(path.slice(prefix.length)));
  if (dirty.length > 0)
    throw refused(
      `Files that nines publish owns have changes that are not committed; commit or discard them first:${dirty.map((path) => `\n  ${path}`).join('')}`,
    );
};
