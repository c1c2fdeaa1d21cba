import type { Review } from './review.ts';
import { checkLabels } from './check-binary.ts';
import type { ValueType } from './functions.ts';
import type { Aggregate } from './tree.ts';

/** What stands before the vector in an aggregation that takes a parameter. */
const PARAMETERS: Readonly<Record<string, { type: ValueType; example: string }>> = {
  topk: { type: 'scalar', example: 'topk(3, ...)' },
  bottomk: { type: 'scalar', example: 'bottomk(3, ...)' },
  quantile: { type: 'scalar', example: 'quantile(0.95, ...)' },
  count_values: { type: 'string', example: 'count_values("version", ...)' },
  limitk: { type: 'scalar', example: 'limitk(3, ...)' },
  limit_ratio: { type: 'scalar', example: 'limit_ratio(0.1, ...)' },
};

export const checkAggregate = (aggregate: Aggregate, review: Review): ValueType => {
  const { operator, operatorAt, args, grouping } = aggregate;
  checkLabels(grouping?.labels, review);
  if (operator === 'limitk' || operator === 'limit_ratio')
    review.need(operatorAt, { what: operator, since: '2.54', flag: 'promql-experimental-functions' });
  const parameter = PARAMETERS[operator];
  const [first, second] = args;
  const wanted = parameter ? 2 : 1;
  if (!first || args.length !== wanted)
    review.refuse(
      aggregate,
      `${operator} takes ${parameter ? `two values, as in ${parameter.example}` : 'one value'}, and here ${args.length === 1 ? 'is one' : `are ${args.length}`}`,
    );
  else if (parameter && second) {
    review.expect(first, parameter.type, `the parameter of ${operator}`);
    review.expect(second, 'vector', operator);
  } else review.expect(first, 'vector', operator);
  return 'vector';
};
