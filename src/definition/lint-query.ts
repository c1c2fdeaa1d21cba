import { check } from '../promql/check.ts';
import type { Checked } from '../promql/check.ts';
import { isSingle } from '../promql/single.ts';
import { withStandIns } from '../promql/stand-ins.ts';
import type { Expr } from '../promql/tree.ts';
import { filterIn, fixedBeside, growing, isGuard, isLeast } from './lint-window.ts';
import type { Path } from './locate.ts';
import { isReference, referencesIn } from './resolve.ts';
import type { Tell } from './tell.ts';

/**
 * What a query has to be.
 * - `counter`: a selector, or an expression that says `$window`. · `ratio`: an expression that says `$window`.
 * - `histogram`, `gauge`: a selector. · `value`: whatever gives a number.
 */
type Form = 'counter' | 'ratio' | 'histogram' | 'gauge' | 'value';

const WINDOW = '$window';

/** The server's version is not known here: what either of these takes may be right. */
const OLDEST = '2.42';
const NEWEST = '3.99';

const SUFFIX = /_(?:bucket|count|sum)$/;

const NOUNS = { scalar: 'a number', matrix: 'a range of samples', string: 'a text', vector: 'series' } as const;

const checked = (text: string): Checked => {
  const found = check(text, { prometheusMin: NEWEST });
  if (!('problem' in found)) return found;
  const older = check(text, { prometheusMin: OLDEST });
  return 'problem' in older ? found : older;
};

/** Checks the PromQL of one field; mistakes are told at their place inside the text. Null when there is one. */
export const lintQuery = (name: string, text: string, form: Form, path: Path, tell: Tell): Expr | null => {
  // Told where references are checked: they cannot stand here.
  if (referencesIn(text).some((reference) => isReference(reference) || reference.startsWith('each:'))) return null;
  let isWrong = false;
  const say: Say = {
    fail(message, offset = 0) {
      isWrong = true;
      tell.error(path, `${name} ${message}`, { inside: { value: text, offset } });
    },
    warn: (message, offset) => tell.warn(path, `${name} ${message}`, { inside: { value: text, offset } }),
  };
  const found = read(text, form, say.fail);
  if (found) lintForm(found, form, text, say);
  return found && !isWrong ? found.expr : null;
};

type Fail = (message: string, offset?: number) => void;
type Say = { fail: Fail; warn: (message: string, offset: number) => void };
type Read = Extract<Checked, { expr: Expr }> & { hasWindow: boolean };

/** The text as PromQL; null, and said, where it is none. */
const read = (text: string, form: Form, fail: Fail): Read | null => {
  const { text: filled, variables: all } = withStandIns(text);
  const inTexts = [...text.matchAll(LITERAL)].map((match) => [match.index, match.index + match[0].length] as const);
  // A label's value is the user's own: it may look like a variable.
  const variables = all.filter(({ from }) => !inTexts.some(([begin, end]) => from > begin && from < end));
  const stranger = variables.find((variable) => variable.name !== 'window' || !text.startsWith(WINDOW, variable.from));
  if (stranger) {
    const written = text.slice(stranger.from, stranger.to);
    fail(`must not hold ${written}: the only word that is filled in is ${WINDOW}`, stranger.from);
    return null;
  }
  const [window] = variables;
  if (window && form !== 'counter' && form !== 'ratio') {
    fail(`must not hold ${WINDOW}: it is asked as it stands`, window.from);
    return null;
  }
  const comment = filled.replaceAll(LITERAL, (literal) => ' '.repeat(literal.length)).indexOf('#');
  if (form === 'histogram' && comment >= 0) {
    fail('must not hold a comment: the names of its buckets and counts are made of it', comment);
    return null;
  }
  const found = checked(filled);
  if (!('problem' in found)) return { ...found, hasWindow: window !== undefined };
  fail(`is no PromQL here: ${found.problem.message}`, found.problem.offset);
  return null;
};

const lintForm = ({ expr, type, hasWindow }: Read, form: Form, text: string, say: Say): void => {
  const { fail } = say;
  if (form === 'value') {
    if (type !== 'vector' && type !== 'scalar') fail(`must give one number, and this gives ${NOUNS[type]}`, expr.from);
    else lintValue(expr, say);
  } else if (hasWindow) {
    if (type !== 'vector') fail(`must give series, and this gives ${NOUNS[type]}`, expr.from);
    else lintWindow(expr, form, text, say);
  } else if (form === 'ratio') {
    fail(`must say ${WINDOW} where its range belongs, such as 1 - avg_over_time(success[${WINDOW}])`, expr.from);
  } else if (expr.kind !== 'selector') {
    fail(`must be a selector such as ${EXAMPLES[form]}${form === 'counter' ? OR_WINDOW : ''}`, expr.from);
  } else if (form === 'histogram') lintHistogram(expr, fail);
};

/** What is wrong with an expression that PromQL takes and that says `$window`. */
const lintWindow = (expr: Expr, form: Form, text: string, { fail, warn }: Say): void => {
  const filter = filterIn(expr);
  const isHarmless = filter && isGuard(filter, form === 'counter' ? 'counter' : 'share');
  const grows = form === 'counter' ? growing(expr, text) : null;
  if (filter && !isHarmless) {
    const { operator, operatorAt } = filter;
    if (form === 'counter' && isLeast(filter)) {
      warn(
        `${operator} leaves out what is less, which is no data then; minBad says how few events are too few to judge`,
        operatorAt.from,
      );
      return;
    }
    fail(
      `must not filter: ${operator} leaves out what it is not true of, and keeps the value of the rest. Write ${operator} bool for 1 and 0, or leave the comparison out`,
      operatorAt.from,
    );
    return;
  }
  if (grows) {
    fail(grows.message, grows.offset);
    return;
  }
  const fixed = fixedBeside(expr, text);
  if (fixed) warn(fixed.message, fixed.offset);
};

/** An answer of several series is refused when it comes, and one that is filtered away is no data. */
const lintValue = (expr: Expr, { warn }: Say): void => {
  const filter = filterIn(expr);
  if (filter)
    warn(
      `filters: where ${filter.operator} is not true there is no value, and so no data. Leave it to comparison and threshold, or write ${filter.operator} bool for 1 and 0`,
      filter.operatorAt.from,
    );
  else if (!isSingle(expr))
    warn(
      'may answer with several series, which are refused where one value is due: put sum(…) or max(…) around it',
      expr.from,
    );
};

/** A text in PromQL, with its quotes. */
const LITERAL = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;

const EXAMPLES = {
  counter: 'http_requests_total{job="api"}',
  gauge: 'up{job="api"}',
  histogram: 'http_request_duration_seconds{job="api"}',
} as const;

const OR_WINDOW = `, or say ${WINDOW} where its range belongs: sum(rate(a[${WINDOW}])) + sum(rate(b[${WINDOW}]))`;

/** Buckets and counts are found by the name: Nines adds their endings itself. */
const lintHistogram = (expr: Expr & { kind: 'selector' }, fail: Fail): void => {
  const { name, isQuoted, matchers, from } = expr;
  const le = matchers.find((matcher) => matcher.name === 'le');
  if (name === undefined || isQuoted) fail('must begin with the plain name of the histogram', from);
  else if (SUFFIX.test(name))
    fail(`must be the name of the histogram itself: ${name.replace(SUFFIX, '')} instead of ${name}`, from);
  else if (le) fail('must not choose a bucket by le: threshold does', le.from);
};
