import { NinesError } from '../../errors.ts';
import { publish, type Published } from '../../files/publish.ts';
import { changeText } from '../../generate/diff.ts';
import { generatedFor, warn } from '../generated.ts';
import { print, printJson } from '../print.ts';
import type { Run, Values } from '../table.ts';

const needed = (values: Values, name: string, example: string): string => {
  const value = values[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new NinesError('invalid_request', `nines publish needs --${name}, such as --${name} ${example}.`);
};

/** Commits the generated files on a branch of another repository; with nothing new it commits nothing and ends with 0. */
export const run: Run = async (invocation) => {
  const { values, env } = invocation;
  const repo = needed(values, 'repo', '../monitoring');
  const branch = needed(values, 'branch', 'nines/update');
  const generated = await generatedFor(invocation);
  warn(generated, values);
  const { files, inScope } = generated;
  const published = await publish(files, {
    repo,
    branch,
    folder: typeof values['out'] === 'string' ? values['out'].replace(/^(?:\.\/)+|\/+$|^\.$/g, '') : '',
    push: values['push'] === true,
    dryRun: values['dry-run'] === true,
    adopt: values['adopt'] === true,
    inScope,
    env,
  });
  if (values['json']) printJson(published);
  else print(told(published, branch));
  return 0;
};

const told = ({ outcome, commit, pushed, message, changes }: Published, branch: string): string => {
  switch (outcome) {
    case 'up-to-date':
      return `${branch} is already up to date${pushed ? ', and pushed now' : ''}.`;
    case 'would-commit':
      return `Would commit on ${branch}:\n\n${message ?? ''}`;
    case 'committed':
      return [
        ...changes.slice(0, 20).map(changeText),
        ...(changes.length > 20 ? [`and ${changes.length - 20} more changes`] : []),
        `Committed ${commit?.slice(0, 10)} on ${branch}${pushed ? ', and pushed it' : ''}.`,
      ].join('\n');
  }
};
