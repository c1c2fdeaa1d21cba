import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const version = spawnSync('promtool', ['--version'], { encoding: 'utf8' });

/** Where continuous integration runs it must be there; elsewhere its tests are shown as skipped. */
export const isMissing = version.status !== 0 && process.env['CI'] !== 'true';
/** The answers of another release than Debian's are other answers. */
export const isOther = version.status === 0 && !version.stdout.includes('version 2.42.');

/** What `promtool check rules` says of each expression: `''` when it accepts it, else its reason. */
export const verdicts = (expressions: readonly string[]): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-promql-'));
  try {
    const files = expressions.map((expr, at) => {
      const rule = JSON.stringify({ record: 'nines:test', expr });
      writeFileSync(join(folder, `${at}.yml`), `groups: [{ name: g, rules: [${rule}] }]\n`);
      return `${at}.yml`;
    });
    const { stdout, stderr } = spawnSync('promtool', ['check', 'rules', ...files], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64e6,
    });
    const accepted = new Set([...stdout.matchAll(/^Checking (\d+)\.yml\n {2}SUCCESS/gm)].map(([, at]) => Number(at)));
    const reasons = new Map<number, string>();
    for (const [, at, reason] of stderr.matchAll(/^(\d+)\.yml: (.*)$/gm)) reasons.set(Number(at), reason ?? '');
    return expressions.map((_, at) => {
      if (accepted.has(at)) return '';
      const reason = reasons.get(at);
      if (reason === undefined)
        throw new Error(`promtool says nothing of ${JSON.stringify(expressions[at])}:\n${stderr}`);
      return reason;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
