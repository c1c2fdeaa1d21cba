import { parse } from '../../promql/parse.ts';
import { selectorText } from '../../promql/print.ts';
import { selectorsOf } from '../../promql/tree.ts';
import type { Matcher } from '../../promql/tree.ts';

/** A series of the user's, and how to tell whether a selector reaches it. */
export type Source = { name: string; labels: Readonly<Record<string, string>>; matchers: readonly Matcher[] };

/** Simple texts that a regex such as `5..|429` or `/api/.+` may match: the caller tries them. */
const guesses = (pattern: string): string[] => {
  const [first = ''] = pattern.replace(/^\((?:\?:)?([^()]*)\)$/, '$1').split('|');
  const filled = first
    .replace(/\(\?:|\(([^()|]*)(?:\|[^()]*)?\)[?*]?/g, '$1')
    .replace(/\[\^[^\]]*\][+*]?/g, 'x')
    .replace(/\[([^\]\\-])[^\]]*\][+*]?/g, '$1')
    .replace(/\\d(?:\+|\*|\{\d+\})?/g, '0')
    .replace(/\\w(?:\+|\*|\{\d+\})?/g, 'x')
    .replace(/(?<!\\)\.[+*]\??/g, 'x')
    .replace(/(?<!\\)\./g, '0')
    .replace(/\\(.)/g, '$1');
  return [filled, 'x', '0', '00', '000', '200', '500'];
};

const fits = ({ operator, value }: Matcher, text: string): boolean => {
  if (operator === '=') return text === value;
  if (operator === '!=') return text !== value;
  try {
    return new RegExp(`^(?:${value})$`, 's').test(text) === (operator === '=~');
  } catch {
    return false;
  }
};

/** Whether a selector of these matchers reaches a series of that name with these labels. */
export const reaches = ({ name, matchers }: Source, to: Pick<Source, 'name' | 'labels'>): boolean =>
  name === to.name && matchers.every((matcher) => fits(matcher, to.labels[matcher.name] ?? ''));

/** Whether no series can be reached by both: one label must be one value here and another one there. */
export const areApart = (one: Source, other: Source): boolean =>
  one.name !== other.name ||
  one.matchers.some(
    (matcher) =>
      matcher.operator === '=' &&
      other.matchers.some(
        ({ name, operator, value }) => operator === '=' && name === matcher.name && value !== matcher.value,
      ),
  );

/**
 * A series that the selector in `text` reaches: its name and matchers as labels. A sentence that says why not, where the text is
 * more than a selector, or a regex has no simple text that fits it.
 */
export const sourceOf = (text: string): Source | string => {
  const parsed = parse(text);
  if ('problem' in parsed) return `"${text}" cannot be read`;
  const found = selectorsOf(parsed.expr);
  const selector = found[0]?.selector;
  if (found.length !== 1 || selector?.name === undefined) return `"${text}" does not read one named series`;
  const labels: Record<string, string> = {};
  for (const label of new Set(selector.matchers.map((matcher) => matcher.name))) {
    const own = selector.matchers.filter((matcher) => matcher.name === label);
    const exact = own.filter(({ operator }) => operator === '=').map(({ value }) => value);
    const regex = own.filter(({ operator }) => operator === '=~').flatMap(({ value }) => guesses(value));
    const value = [...exact, ...regex, '', 'x', 'y', '0'].find((guess) => own.every((matcher) => fits(matcher, guess)));
    if (value === undefined) return `no simple value fits the matchers of "${label}" in "${text}"`;
    if (value !== '') labels[label] = value;
  }
  return { name: selector.name, labels, matchers: selector.matchers };
};

/** `http_requests_total{job="api"}`: a series as promtool takes it. */
export const seriesText = (name: string, labels: Readonly<Record<string, string>>): string =>
  selectorText(
    name,
    Object.entries(labels).map(([label, value]) => ({ label, operator: '=', value })),
  );
