import { nounOf, type Review } from './review.ts';
import type { Span } from './problem.ts';
import type { ValueType } from './functions.ts';
import type { Binary, Labels } from './tree.ts';

const COMPARES = new Set(['==', '!=', '<', '<=', '>', '>=']);
const SETS = new Set(['and', 'or', 'unless']);

/** Names in `by (...)`, `on (...)`: most keywords may stand there, but not these. */
export const checkLabels = (labels: Labels | undefined, review: Review): void => {
  for (const label of labels?.names ?? []) {
    if (label.isQuoted) review.need(label, { what: 'a name in quotes', since: '3.0' });
    else if (/^(?:inf|nan|without)$/i.test(label.name))
      review.refuse(
        label,
        `"${label.name}" is a word of PromQL: a label of that name cannot stand here without quotes`,
      );
  }
};

const checkMatching = (binary: Binary, vectors: boolean, review: Review): void => {
  const { matching, operator } = binary;
  if (!matching) return;
  const { labels, group, word } = matching;
  checkLabels(labels, review);
  checkLabels(group?.labels, review);
  const both =
    word === 'on' && group?.labels?.names.find(({ name }) => labels.names.some((label) => label.name === name));
  if (both)
    review.refuse(
      both,
      `the label "${both.name}" stands in on(...) and in ${group?.word}(...): leave it away in one of them`,
    );
  const at: Span = { from: binary.operatorAt.from, to: group?.to ?? labels.to };
  if (!vectors && labels.names.length > 0)
    review.refuse(at, `${word}(...) needs an instant vector on both sides of ${operator}: leave it away`);
  if (vectors && group && SETS.has(operator))
    review.refuse(
      group,
      `${group.word} cannot stand after "${operator}", which matches many to many anyway: leave it away`,
    );
};

export const checkBinary = (binary: Binary, review: Review): ValueType => {
  const { operator, operatorAt, left, right, bool, fill } = binary;
  const types = [review.typeOf(left), review.typeOf(right)] as const;
  [left, right].forEach((side, index) => {
    const type = types[index] ?? 'vector';
    if (type === 'matrix' || type === 'string')
      review.refuse(
        side,
        `"${operator}" takes numbers and instant vectors, and this is ${nounOf(type)}${type === 'matrix' ? ': put a function such as rate(...) around it' : ''}`,
      );
  });
  const scalars = types.filter((type) => type === 'scalar').length;
  if (bool && !COMPARES.has(operator))
    review.refuse(bool, `bool belongs to a comparison such as > or ==, not to "${operator}": leave it away`);
  if (COMPARES.has(operator) && scalars === 2 && !bool)
    review.refuse(operatorAt, `two numbers are compared with ${operator} bool: add bool, or compare a metric`);
  if (SETS.has(operator) && scalars > 0)
    review.refuse(operatorAt, `"${operator}" needs an instant vector on both sides: put vector(...) around the number`);
  if (operator === '</' || operator === '>/')
    review.need(operatorAt, { what: `the operator ${operator}`, since: '3.11', isNative: true });
  if (fill) {
    review.need(fill, { what: 'fill(...)', since: '3.10', flag: 'promql-binop-fill-modifiers' });
    if (SETS.has(operator) || scalars > 0)
      review.refuse(fill, `fill(...) needs an instant vector on both sides and no set operator: leave it away`);
  }
  checkMatching(binary, types[0] === 'vector' && types[1] === 'vector', review);
  return scalars === 2 ? 'scalar' : 'vector';
};
