import { expect, test } from 'vitest';
import { NinesError } from '../../src/errors.ts';
import { createCommitQueue } from '../../src/store/commit-queue.ts';
import type { Statement } from '../../src/store/sql.ts';

const list = (name: string, statements = 1): Statement[] =>
  Array.from({ length: statements }, () => ({ text: name, values: [] }));
const refused = new NinesError('commit_conflict', 'no');

/** A queue whose groups are written when the test says so. */
const queue = () => {
  const groups: string[][] = [];
  let write: (answers?: (NinesError | null)[]) => void = () => undefined;
  const commit = createCommitQueue((lists) => {
    groups.push(lists.map(([first]) => first?.text ?? ''));
    return new Promise((resolve) => {
      write = (answers = lists.map(() => null)) => resolve(answers);
    });
  });
  return { groups, commit, write: (answers?: (NinesError | null)[]) => write(answers) };
};

test('the first goes at once, and what arrives meanwhile goes together, in order of arrival', async () => {
  const { groups, commit, write } = queue();
  const first = commit(list('a'));
  const rest = ['b', 'c', 'd'].map((name) => commit(list(name)));
  expect(groups).toEqual([['a']]);
  write();
  await first;
  await expect.poll(() => groups).toEqual([['a'], ['b', 'c', 'd']]);
  write([null, refused, null]);
  const settled = await Promise.allSettled(rest);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a group stays small, and a list that is large by itself is written whole', async () => {
  const { groups, commit, write } = queue();
  const all = [
    commit(list('first')),
    ...Array.from({ length: 70 }, (_, n) => commit(list(`${n}`))),
    commit(list('large', 2_000)),
    commit(list('last')),
  ];
  for (let written = 1; written <= 5; written++) {
    await expect.poll(() => groups).toHaveLength(written);
    write();
  }
  await Promise.all(all);
  expect(groups.map(({ length }) => length)).toEqual([1, 64, 6, 1, 1]);
  expect(groups.slice(3)).toEqual([['large'], ['last']]);
});

test('after a failure that nobody foresaw the next commit is written', async () => {
  let fails = true;
  const commit = createCommitQueue(async (lists) => {
    if (fails) throw new Error('unforeseen');
    return lists.map(() => null);
  });
  await expect(commit(list('a'))).rejects.toThrow('unforeseen');
  fails = false;
  await commit(list('b'));
});
