import { durationText, labelText, quote } from './print.ts';
import type { Aggregate, Binary, Duration, Expr, Labels, Selector } from './tree.ts';

const duration = ({ ms, text }: Duration): string => {
  if (ms === undefined || ms === 0 || !Number.isSafeInteger(ms)) return text.replace(/\s+/g, '');
  return ms < 0 ? `-${durationText(-ms)}` : durationText(ms);
};

const labels = ({ names }: Labels): string => `(${names.map(({ name }) => labelText(name)).join(', ')})`;

const selector = ({ name, matchers, isQuoted }: Selector): string => {
  const inBraces = matchers
    .map((matcher) => `${labelText(matcher.name)}${matcher.operator}${quote(matcher.value)}`)
    .sort();
  if (isQuoted && name !== undefined) inBraces.unshift(quote(name));
  return `${isQuoted ? '' : (name ?? '')}${inBraces.length > 0 || name === undefined ? `{${inBraces.join(',')}}` : ''}`;
};

const binary = ({ left, right, operator, bool, matching, fill }: Binary, text: string): string => {
  const group = matching?.group;
  const parts = [
    write(left, text),
    operator,
    bool && 'bool',
    matching && `${matching.word} ${labels(matching.labels)}`,
    group && `${group.word} ${group.labels ? labels(group.labels) : '()'}`,
    fill && text.slice(fill.from, fill.to).replace(/\s+/g, ''),
    write(right, text),
  ];
  return parts.filter(Boolean).join(' ');
};

const aggregate = ({ operator, grouping, args }: Aggregate, text: string): string =>
  `${operator}${grouping ? ` ${grouping.word} ${labels(grouping.labels)} ` : ''}(${list(args, text)})`;

const list = (args: readonly Expr[], text: string): string => args.map((arg) => write(arg, text)).join(', ');

const write = (expr: Expr, text: string): string => {
  switch (expr.kind) {
    case 'selector':
      return selector(expr);
    case 'range':
      return `${write(expr.of, text)}[${duration(expr.duration)}]`;
    case 'subquery':
      return `${write(expr.of, text)}[${duration(expr.duration)}:${expr.step ? duration(expr.step) : ''}]`;
    case 'offset':
      return `${write(expr.of, text)} offset ${duration(expr.duration)}`;
    case 'at':
      return `${write(expr.of, text)} @ ${typeof expr.at === 'number' ? expr.at : `${expr.at}()`}`;
    case 'extended':
      return `${write(expr.of, text)} ${expr.how}`;
    case 'call':
      return `${expr.name}(${list(expr.args, text)})`;
    case 'aggregate':
      return aggregate(expr, text);
    case 'binary':
      return binary(expr, text);
    case 'unary':
      // Prometheus leaves the plus before a number away when it tells what it has read.
      return expr.operator === '+' && expr.of.kind === 'number'
        ? write(expr.of, text)
        : `${expr.operator}${write(expr.of, text)}`;
    case 'paren':
      return `(${write(expr.of, text)})`;
    case 'number':
      return String(expr.value).replace('Infinity', 'Inf');
    case 'string':
      return quote(expr.value);
  }
};

/**
 * One line that is the same for two texts of the same expression: white space, comments, quotes, the order of matchers
 * and the way of writing numbers and durations (`7d`, `1w`) do not count. `text` is what `expr` was read from.
 */
export const canonical = (expr: Expr, text: string): string => write(expr, text);
