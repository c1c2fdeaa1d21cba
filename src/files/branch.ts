import { refused, said, type Git } from './git.ts';

/** Where the branch stands, and what a new commit would stand on. */
export type Branch = {
  ref: string;
  /** The local branch as it is; null when there is none yet. */
  local: string | null;
  /** Its newest commit here or at the remote, or the default branch when it does not exist. */
  tip: string;
  /** Whether `tip` is a commit of this branch that the default one has not. */
  exists: boolean;
  remote: string | null;
  /** What the remote has under this name; null when nothing, or when it was not asked. */
  published: string | null;
};

const commitOf = async (git: Git, ref: string): Promise<string | null> => {
  const { code, stdout } = await git.ask(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  return code === 0 ? stdout.toString('utf8').trim() : null;
};

const isAncestor = async (git: Git, older: string, newer: string): Promise<boolean> =>
  (await git.ask(['merge-base', '--is-ancestor', older, newer])).code === 0;

/** `origin`, or the only one. Throws when there are several others. */
const remoteOf = async (git: Git): Promise<string | null> => {
  const names = (await git.text(['remote'])).split('\n').filter(Boolean);
  if (names.includes('origin')) return 'origin';
  if (names.length > 1) throw refused(`None of the remotes ${names.join(', ')} is called origin; name one so.`);
  return names[0] ?? null;
};

/** Names that are a default branch here: what the remote says, what is configured, and what everybody uses. */
const defaultNames = async (git: Git, remote: string | null, ask: boolean): Promise<string[]> => {
  const names: string[] = [];
  if (remote !== null) {
    const head = await git.ask(['symbolic-ref', '--quiet', `refs/remotes/${remote}/HEAD`]);
    if (head.code === 0) names.push(head.stdout.toString('utf8').trim().slice(`refs/remotes/${remote}/`.length));
    if (ask) {
      const listed = await git.ask(['ls-remote', '--symref', remote, 'HEAD']);
      if (listed.code !== 0) throw refused(`The remote ${remote} does not answer: ${said(listed.stderr)}`);
      const [, name] = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(listed.stdout.toString('utf8')) ?? [];
      if (name) names.push(name);
    }
  }
  const configured = await git.ask(['config', '--get', 'init.defaultBranch']);
  if (configured.code === 0) names.push(configured.stdout.toString('utf8').trim());
  return [...new Set([...names, 'main', 'master'])];
};

/** Commits of this tool hold their own tree in their message: whoever changes one makes it theirs. */
export const TRAILER = 'Nines-Tree';

/**
 * Every commit that the default branch has not. A branch that only lags behind it has none: then its newest commit has to
 * be ours, as that of a branch that was merged is; somebody deploys from the others.
 */
const checkOurs = async (git: Git, name: string, tip: string, base: string): Promise<void> => {
  const lags = tip !== base && (await isAncestor(git, tip, base));
  const format = `%H%x00%T%x00%an%x00%s%x00%(trailers:key=${TRAILER},valueonly,separator=%x2C)%x01`;
  const log = await git.text(['log', `--format=${format}`, tip, ...(lags ? ['--max-count=1'] : [`^${base}`])]);
  for (const entry of log.split('\u0001')) {
    const [commit = '', tree, author, subject, trailer] = entry.trim().split('\0');
    if (commit !== '' && trailer !== tree)
      throw refused(
        `${name} has a commit that nines publish did not make, or that was changed since: ${commit.slice(0, 10)} by ${author} (${subject}). ${lags ? 'Delete that branch if nobody needs it' : 'Merge or delete that branch'}, or name another.`,
      );
  }
};

/** A commit on such a name would be one on the branch that it leads to. */
const standsFor = (name: string, target: string) =>
  refused(`${name} is only another name for ${target}, which a commit would move. Name a branch of its own.`);

/** Fetches this one branch into its remote-tracking ref; null when the remote has none. */
const fetchBranch = async (git: Git, remote: string, name: string): Promise<void> => {
  const tracking = `refs/remotes/${remote}/${name}`;
  const listed = await git.ask(['ls-remote', '--symref', '--exit-code', remote, `refs/heads/${name}`]);
  if (listed.code !== 0 && listed.code !== 2)
    throw refused(`The remote ${remote} does not answer: ${said(listed.stderr)}`);
  const [, target] = /^ref: (\S+)\t/m.exec(listed.stdout.toString('utf8')) ?? [];
  if (target) throw standsFor(`${name} at the remote ${remote}`, target);
  // Gone at the remote, after a merge for example: what we remember of it must not hold us back.
  if (listed.code === 2) await git.ask(['update-ref', '--no-deref', '-d', tracking]);
  else await git.text(['fetch', '--no-tags', '--quiet', remote, `+refs/heads/${name}:${tracking}`]);
};

/**
 * Looks at a branch and decides what to stand on. Changes nothing but what is known of the remote, and that only with
 * `push`. Throws `git_refused` for the default branch, another name for a branch, a branch that is checked out, other
 * people's commits, and a branch that went another way at the remote.
 */
export const readBranch = async (git: Git, name: string, push: boolean): Promise<Branch> => {
  const ref = `refs/heads/${name}`;
  if (name.startsWith('-') || name === 'HEAD' || (await git.ask(['check-ref-format', ref])).code !== 0)
    throw refused(`${JSON.stringify(name)} cannot be the name of a branch.`);
  const symbolic = await git.ask(['symbolic-ref', '--quiet', ref]);
  if (symbolic.code === 0) throw standsFor(name, symbolic.stdout.toString('utf8').trim());
  const head = await git.ask(['symbolic-ref', '--quiet', '--short', 'HEAD']);
  if (head.code !== 0)
    throw refused('The repository is on no branch (detached HEAD). Check out its default branch first.');
  const current = head.stdout.toString('utf8').trim();
  const remote = await remoteOf(git);
  if (push && remote === null) throw refused('There is no remote to push to; add one, or leave --push out.');
  const defaults = await defaultNames(git, remote, push);
  if (defaults.some((one) => one.toLowerCase() === name.toLowerCase()))
    throw refused(`${name} is a default branch; nines publish only writes to a branch of its own. Name another.`);
  const worktrees = (await git.text(['worktree', 'list', '--porcelain'])).split('\n');
  if (worktrees.includes(`branch ${ref}`))
    throw refused(`${name} is checked out, and a commit would pass its work tree by. Check out another branch there.`);
  if (push && remote !== null) await fetchBranch(git, remote, name);

  const base = await baseOf(git, defaults, remote, current);
  const local = await commitOf(git, ref);
  const published = remote === null ? null : await commitOf(git, `refs/remotes/${remote}/${name}`);
  const newest = await newestOf(git, name, local, published);
  if (newest !== null) await checkOurs(git, name, newest, base);
  // A branch that was merged whole starts again from where it was merged to.
  const exists = newest !== null && !(await isAncestor(git, newest, base));
  return { ref, local, tip: exists ? newest : base, exists, remote, published };
};

const baseOf = async (
  git: Git,
  defaults: readonly string[],
  remote: string | null,
  current: string,
): Promise<string> => {
  for (const name of defaults) {
    const found =
      (remote === null ? null : await commitOf(git, `refs/remotes/${remote}/${name}`)) ??
      (await commitOf(git, `refs/heads/${name}`));
    if (found !== null) return found;
  }
  const head = await commitOf(git, `refs/heads/${current}`);
  if (head === null) throw refused('The repository has no commit yet; make a first one on its default branch.');
  return head;
};

const newestOf = async (
  git: Git,
  name: string,
  local: string | null,
  published: string | null,
): Promise<string | null> => {
  if (local === null || published === null || local === published) return local ?? published;
  if (await isAncestor(git, local, published)) return published;
  if (await isAncestor(git, published, local)) return local;
  throw refused(
    `${name} here and at the remote went different ways. Delete the local branch (git branch -D ${name}), or name another.`,
  );
};
