import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitMessage, type Difference } from '../generate/diff.ts';
import type { Change } from '../generate/changes.ts';
import { textOf, type GeneratedFile } from '../generate/file.ts';
import { checkPaths, pathMistake } from '../generate/paths.ts';
import { readBranch, TRAILER, type Branch } from './branch.ts';
import { placeInCommit, prefixOf } from './commit-place.ts';
import { compare } from './differences.ts';
import { gitIn, refused, said, type Env, type Git } from './git.ts';
import { recordChanges } from './apply.ts';
import { checkPlan, planIn } from './own.ts';
import { checkIdentity, checkRepository, checkUncommitted } from './repository.ts';

export type PublishOptions = {
  repo: string;
  branch: string;
  /** Folder within the repository; empty = its top. */
  folder: string;
  push: boolean;
  dryRun: boolean;
  adopt: boolean;
  inScope: (path: string) => boolean;
  env: Env;
};

export type Published = {
  outcome: 'up-to-date' | 'would-commit' | 'committed';
  /** Of the new commit. */
  commit: string | null;
  pushed: boolean;
  message: string | null;
  changes: readonly Change[];
  differences: readonly Difference[];
};

/** What the tree of the new commit has otherwise; null = no longer. */
type Edits = ReadonlyMap<string, string | null>;

/**
 * Commits generated files on a branch of another repository, through a temporary index: neither its work tree nor its
 * index is touched. The branch moves in the last step, so that a failure before it leaves nothing but loose objects.
 * Throws `git_refused`, `output_not_ours`, `output_invalid`.
 */
export const publish = async (files: readonly GeneratedFile[], options: PublishOptions): Promise<Published> => {
  checkPaths(files);
  if (options.folder !== '' && pathMistake(options.folder))
    throw refused(`--out ${options.folder} ${pathMistake(options.folder)}; name a folder within the repository.`);
  const git = gitIn(options.repo, options.env);
  await checkRepository(git, options.repo);
  await checkIdentity(git);
  const branch = await readBranch(git, options.branch, options.push);

  const wanted = files.map(({ path }) => path);
  const place = await placeInCommit(git, branch.tip, options.folder, wanted);
  const { inScope, adopt } = options;
  const plan = planIn(place, files, { inScope, adopt });
  checkPlan(plan);
  const records = recordChanges(place.manifests, plan.manifests());
  const generated = new Map(files.map((file) => [file.path, file]));
  const edits: Edits = new Map<string, string | null>([
    ...[...plan.remove, ...records.remove].map((path): [string, null] => [path, null]),
    ...plan.write.flatMap(({ path }): [string, string][] => {
      const file = generated.get(path);
      return file ? [[path, textOf(file)]] : [];
    }),
    ...records.write.map(({ path, text }): [string, string] => [path, text]),
  ]);
  await checkUncommitted(git, options.folder, new Set([...edits.keys(), ...wanted.filter(inScope)]));

  const { changes, differences } = compare(place, files, plan, inScope);
  const nothing = { commit: null, changes, differences, message: null };
  if (edits.size === 0) {
    const pushed = options.push && !options.dryRun && branch.exists && (await pushTip(git, branch, branch.tip));
    return { outcome: 'up-to-date', pushed, ...nothing };
  }
  const { subject, body } = commitMessage(changes);
  const message = body === '' ? subject : `${subject}\n\n${body}`;
  if (options.dryRun) return { outcome: 'would-commit', pushed: false, ...nothing, message };
  const commit = await commitOn(git, branch.tip, prefixOf(options.folder), edits, message);
  const pushed = options.push && (await pushTip(git, branch, commit));
  await moveBranch(git, branch, commit);
  return { outcome: 'committed', commit, pushed, changes, differences, message };
};

const commitOn = async (git: Git, tip: string, prefix: string, edits: Edits, message: string): Promise<string> => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-publish-'));
  const env = { GIT_INDEX_FILE: join(dir, 'index') };
  try {
    await git.text(['read-tree', tip], { env });
    const written = [...edits].flatMap(([path, text]) => (text === null ? [] : [{ path, text }]));
    const temporary = written.map((_, index) => join(dir, String(index)));
    for (const [index, { text }] of written.entries()) writeFileSync(join(dir, String(index)), text);
    // Without filters: the bytes as they were made.
    const hash = ['hash-object', '-w', '--no-filters', '--stdin-paths'];
    const objects = written.length === 0 ? [] : (await git.text(hash, { input: temporary.join('\n') })).split('\n');
    const removed = [...edits].filter(([, text]) => text === null);
    const lines = [
      ...removed.map(([path]) => `0 ${'0'.repeat(tip.length)}\t${prefix}${path}\0`),
      ...written.map(({ path }, index) => `100644 ${objects[index]}\t${prefix}${path}\0`),
    ];
    await git.text(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    const tree = await git.text(['write-tree'], { env });
    const signed = (await git.ask(['config', '--type=bool', '--get', 'commit.gpgSign'])).stdout.toString('utf8').trim();
    const sign = signed === 'true' ? ['-S'] : [];
    const args = ['-c', 'user.useConfigOnly=true', 'commit-tree', ...sign, tree, '-p', tip, '-F', '-'];
    return await git.text(args, { input: `${message}\n\n${TRAILER}: ${tree}\n` });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

/** That one branch, never with force: a remote that moved meanwhile refuses it. False when there is nothing to push. */
const pushTip = async (git: Git, { remote, published, ref }: Branch, commit: string): Promise<boolean> => {
  if (remote === null || commit === published) return false;
  const args = [
    '-c',
    'push.followTags=false',
    'push',
    '--quiet',
    '--recurse-submodules=no',
    remote,
    `${commit}:${ref}`,
  ];
  const { code, stderr } = await git.ask(args);
  if (code !== 0) throw refused(`The remote ${remote} did not take the branch: ${said(stderr)}`);
  return true;
};

/** Only from where it was when we looked. */
const moveBranch = async (git: Git, { ref, local, tip }: Branch, commit: string): Promise<void> => {
  const was = local ?? '0'.repeat(tip.length);
  const { code, stderr } = await git.ask(['update-ref', '--no-deref', '-m', 'nines publish', ref, commit, was]);
  if (code !== 0) throw refused(`${ref} moved meanwhile; run it again (${said(stderr)}).`);
};
