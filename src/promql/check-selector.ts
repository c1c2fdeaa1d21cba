import type { Review } from './review.ts';
import { compareVersions } from './functions.ts';
import { durationMs } from './literal.ts';
import { problemAt, type Problem, type Span } from './problem.ts';
import { readRegex } from './regex.ts';
import type { At, Duration, Expr, Matcher, Offset, Range, Selector } from './tree.ts';

/** Whether a matcher lets the empty value through: such a matcher alone would select every series. */
const letsEmptyThrough = (matcher: Matcher): boolean | { problem: Problem } => {
  const { operator, value } = matcher;
  if (operator === '=') return value === '';
  if (operator === '!=') return value !== '';
  const pattern = matcher.isUtf8 ? readRegex(value) : { problem: 'it is not UTF-8: write it without \\x escapes' };
  if ('problem' in pattern)
    return { problem: problemAt(matcher.valueAt, `the regex of "${matcher.name}" does not work: ${pattern.problem}`) };
  return pattern.matchesEmpty === (operator === '=~');
};

/** Prometheus counts in nanoseconds of 63 bits: about 292 years. */
const LONGEST_MS = 2 ** 63 / 1e6;

const QUOTED = { what: 'a name in quotes', since: '3.0' } as const;

export const checkSelector = (selector: Selector, review: Review): void => {
  let narrows = selector.name !== undefined;
  if (selector.isQuoted) review.need(selector, QUOTED);
  if (!selector.isQuoted && selector.name?.toLowerCase() === 'atan2')
    review.refuse(selector, '"atan2" is an operator and cannot be the name of a metric: write {__name__="atan2"}');
  for (const matcher of selector.matchers) {
    const empty = letsEmptyThrough(matcher);
    if (typeof empty === 'object') review.refuse(matcher.valueAt, empty.problem.message);
    else if (!empty) narrows = true;
    if (matcher.isQuoted) review.need(matcher, QUOTED);
    if (matcher.name === '__name__' && selector.name !== undefined && !selector.isQuoted)
      review.refuse(matcher, `the metric has a name twice, "${selector.name}" and "${matcher.value}": leave one away`);
  }
  if (!narrows)
    review.refuse(
      selector,
      'this would select every series there is: add a name, or a matcher that not everything fits, such as job="api"',
    );
};

export const checkDuration = (duration: Duration, review: Review, what = 'a range'): void => {
  const { isPlain, text, ms } = duration;
  if (!isPlain)
    review.need(duration, {
      what: 'a computed duration',
      since: '3.4',
      ...(compareVersions(review.min, '3.14') < 0 && { flag: 'promql-duration-expr' }),
    });
  else if (durationMs(text.replace(/^-\s*/, '')) === undefined)
    review.need(duration, { what: `a duration without a unit ("${text}")`, since: '2.54' });
  const isOffset = what === 'an offset';
  if (ms !== undefined && !(Math.abs(ms) < LONGEST_MS))
    review.refuse(duration, `"${text}" is no length of time that Prometheus knows: write one such as 5m`);
  const isTooShort = isOffset ? ms === 0 && compareVersions(review.min, '2.54') < 0 : ms !== undefined && ms <= 0;
  if (isTooShort || (!isOffset && /^-\s*[\w.]+$/.test(text)))
    review.refuse(duration, `${what} has to be longer than 0: write one such as 5m`);
};

/** The modifiers between an expression and what they modify, those before a range included. */
const modifiersOf = (expr: Expr, found: (Offset | At)[] = []): { modifiers: readonly (Offset | At)[]; core: Expr } => {
  if (expr.kind === 'offset' || expr.kind === 'at') return modifiersOf(expr.of, [...found, expr]);
  if (expr.kind === 'extended') return modifiersOf(expr.of, found);
  if (expr.kind === 'range') {
    const before = modifiersOf(expr.of, found);
    return { modifiers: before.modifiers, core: before.core.kind === 'selector' ? expr : before.core };
  }
  return { modifiers: found, core: expr };
};

const checkModified = (modifier: Offset | At, word: string, review: Review): void => {
  const { modifiers, core } = modifiersOf(modifier.of);
  if (core.kind !== 'selector' && core.kind !== 'range' && core.kind !== 'subquery')
    review.refuse(
      modifier,
      `${word} belongs right after a selector such as metric, metric[5m] or (...)[5m:]: move it there`,
    );
  if (modifiers.some(({ kind }) => kind === modifier.kind))
    review.refuse(modifier, `${word} stands here twice: leave one away`);
};

export const checkOffset = (offset: Offset, review: Review): void => {
  checkDuration(offset.duration, review, 'an offset');
  checkModified(offset, 'offset', review);
};

/** A number as it is written: what 2.42 would not read as one. */
export const checkNumber = (at: Span, text: string, review: Review): void => {
  if (durationMs(text) !== undefined) review.need(at, { what: 'a duration as a number', since: '2.54' });
  else if (text.includes('_')) review.need(at, { what: 'a number with "_" in it', since: '2.54' });
};

const LATEST_SECONDS = 2 ** 63;

export const checkAt = (modifier: At, review: Review): void => {
  checkModified(modifier, '"@"', review);
  checkNumber(modifier, modifier.text, review);
  if (typeof modifier.at === 'number' && !(Math.abs(modifier.at) < LATEST_SECONDS))
    review.refuse(modifier, '"@" takes a time in seconds since 1970 that exists: write one such as 1609746000');
};

export const checkRange = (range: Range, review: Review): void => {
  checkDuration(range.duration, review);
  const { modifiers, core } = modifiersOf(range.of);
  if (core.kind !== 'selector')
    review.refuse(
      range,
      'a range such as [5m] belongs right after a selector: for the range of an expression write (...)[5m:]',
    );
  // Prometheus 2 lets `metric @ start() [5m]` through.
  else if (
    modifiers.some(
      (modifier) =>
        modifier.kind === 'offset' || typeof modifier.at === 'number' || compareVersions(review.min, '3.0') >= 0,
    )
  )
    review.refuse(range, 'a range stands before offset and "@": write metric[5m] offset 1h');
  review.typeOf(range.of);
};
