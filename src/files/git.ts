import { execFile } from 'node:child_process';
import { NinesError } from '../errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;
export type GitAnswer = { code: number; stdout: Buffer; stderr: string };

/** Runs git in one repository: arguments as they are, no shell, no question to a person. */
export type Git = {
  /** Standard output without the line break at its end. Throws `git_refused` with what git said. */
  text: (args: readonly string[], options?: GitOptions) => Promise<string>;
  bytes: (args: readonly string[], options?: GitOptions) => Promise<Buffer>;
  /** Any answer, also a failing one. */
  ask: (args: readonly string[], options?: GitOptions) => Promise<GitAnswer>;
};
export type GitOptions = { input?: string | Uint8Array; env?: Env };

export const refused = (message: string): NinesError => new NinesError('git_refused', message);

// Set inside a hook, these would lead to another repository than the one that was named.
const MISLEADING = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'GIT_CEILING_DIRECTORIES',
  'GIT_LITERAL_PATHSPECS',
];

const LARGEST_ANSWER = 512 * 1024 * 1024;

/** `env`: of this process; proxies, keys and identities in it count, all that names a repository does not. */
export const gitIn = (repo: string, env: Env): Git => {
  const own: Record<string, string | undefined> = {
    ...env,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  };
  for (const name of MISLEADING) delete own[name];

  const ask: Git['ask'] = (args, { input, env: more } = {}) =>
    new Promise((resolve, reject) => {
      const child = execFile(
        'git',
        ['-C', repo, ...args],
        { env: { ...own, ...more }, encoding: 'buffer', maxBuffer: LARGEST_ANSWER },
        (error, stdout, stderr) => {
          if (!error) resolve({ code: 0, stdout, stderr: stderr.toString('utf8') });
          else if (typeof error.code === 'number')
            resolve({ code: error.code, stdout, stderr: stderr.toString('utf8') });
          else
            reject(
              refused(
                String(error.code) === 'ENOENT' ? 'git is not installed, or not in PATH.' : `git: ${error.message}`,
              ),
            );
        },
      );
      // It may end before it has read all; its exit code says why.
      child.stdin?.on('error', () => {});
      child.stdin?.end(input ?? '');
    });
  const bytes: Git['bytes'] = async (args, options) => {
    const { code, stdout, stderr } = await ask(args, options);
    if (code !== 0) throw refused(`git ${args.find((arg) => !arg.startsWith('-')) ?? ''}: ${said(stderr)}`);
    return stdout;
  };
  return { ask, bytes, text: async (args, options) => (await bytes(args, options)).toString('utf8').trimEnd() };
};

/** What git said, in one line, without its prefix and without what a URL may hold of a password. */
export const said = (stderr: string): string =>
  stderr
    .split('\n')
    .map((line) => line.replace(/^(?:fatal|error|hint|remote): ?/, '').trim())
    .filter(Boolean)
    .slice(0, 3)
    .join(' ')
    .replaceAll(/(\w+:\/\/)[^/@\s]+@/g, '$1') || 'it failed without a word';
