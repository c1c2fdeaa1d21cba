import type { Review } from './review.ts';
import { FUNCTIONS, type Func, type ValueType } from './functions.ts';
import type { Call } from './tree.ts';

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min((row[j] ?? 0) + (a[i] === b[j] ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** The name that was probably meant: at most two letters away, or the same but for its case. */
const nearest = (name: string): string | undefined => {
  const lower = name.toLowerCase();
  const near = [...FUNCTIONS.keys()].map((known) => ({ known, far: distance(lower, known) }));
  const best = near.sort((a, b) => a.far - b.far)[0];
  return best && best.far <= Math.min(2, lower.length / 3) ? best.known : undefined;
};

const count = (number: number): string => `${number} value${number === 1 ? '' : 's'}`;
const wanted = ({ atLeast, atMost }: Func): string => {
  if (atLeast === atMost) return atMost === 0 ? 'no value' : count(atMost);
  return atMost === Infinity ? `at least ${count(atLeast)}` : `${atLeast} to ${count(atMost)}`;
};

export const checkCall = (call: Call, review: Review): ValueType => {
  const { name, nameAt, args } = call;
  const func = FUNCTIONS.get(name);
  if (!func) {
    const near = nearest(name);
    review.refuse(
      nameAt,
      `there is no function "${name}": ${near ? `did you mean ${near}?` : 'check how it is spelled'}`,
    );
    return 'vector';
  }
  const { since, flag, until, instead, isNative } = func;
  if (since !== '2.0' || until)
    review.need(nameAt, {
      what: name,
      since,
      isNative,
      ...(flag && { flag }),
      ...(until && instead && { until, instead }),
    });
  if (args.length < func.atLeast || args.length > func.atMost)
    review.refuse(call, `${name} takes ${wanted(func)}, and here ${args.length === 1 ? 'is 1' : `are ${args.length}`}`);
  args.forEach((arg, at) => {
    const type = func.takes[Math.min(at, func.takes.length - 1)];
    // The second value of info() only lists matchers, so those that everything fits will do.
    if (name === 'info' && at === 1) {
      if (arg.kind !== 'selector' || arg.name !== undefined)
        review.refuse(arg, 'the second value of info is a list of matchers without a name, such as {version=~".+"}');
    } else if (type) review.expect(arg, type, name);
  });
  return func.gives;
};
