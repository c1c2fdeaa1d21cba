export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';
/** A release of Prometheus, `2.42`. */
export type Version = `${number}.${number}`;

export type Func = {
  readonly name: string;
  readonly takes: readonly ValueType[];
  readonly atLeast: number;
  readonly atMost: number;
  readonly gives: ValueType;
  readonly since: Version;
  /** The first release without it, and what to write there. */
  readonly until?: Version;
  readonly instead?: string;
  /** The `--enable-feature` it needs. */
  readonly flag?: string;
  /** It works on native histograms only. */
  readonly isNative: boolean;
};

/**
 * Every function, by the release that brought it (`promql/functions.go`, later `promql/parser/functions.go`, at the tag
 * of each release up to 3.14). `?` may be left out, `...` may come any number of times, also none.
 */
const SIGNATURES: Readonly<Record<Version, string>> = {
  '2.0': `
    abs(vector) absent(vector) ceil(vector) exp(vector) floor(vector) ln(vector) log10(vector) log2(vector) sort(vector)
    sort_desc(vector) sqrt(vector) timestamp(vector) avg_over_time(matrix) changes(matrix) count_over_time(matrix)
    delta(matrix) deriv(matrix) idelta(matrix) increase(matrix) irate(matrix) max_over_time(matrix)
    min_over_time(matrix) rate(matrix) resets(matrix) stddev_over_time(matrix) stdvar_over_time(matrix)
    sum_over_time(matrix) day_of_month(vector?) day_of_week(vector?) days_in_month(vector?) hour(vector?) minute(vector?)
    month(vector?) year(vector?) clamp_max(vector,scalar) clamp_min(vector,scalar) histogram_quantile(scalar,vector)
    holt_winters(matrix,scalar,scalar) label_join(vector,string,string,string...)
    label_replace(vector,string,string,string,string) predict_linear(matrix,scalar) quantile_over_time(scalar,matrix)
    round(vector,scalar?) scalar(vector):scalar time():scalar vector(scalar)`,
  '2.16': 'absent_over_time(matrix)',
  '2.26': 'clamp(vector,scalar,scalar) last_over_time(matrix) sgn(vector)',
  '2.29': 'present_over_time(matrix)',
  '2.31': `
    acos(vector) acosh(vector) asin(vector) asinh(vector) atan(vector) atanh(vector) cos(vector) cosh(vector) deg(vector)
    pi():scalar rad(vector) sin(vector) sinh(vector) tan(vector) tanh(vector)`,
  '2.36': 'day_of_year(vector?)',
  '2.40': 'histogram_count(vector) histogram_fraction(scalar,scalar,vector) histogram_sum(vector)',
  '2.47': 'histogram_stddev(vector) histogram_stdvar(vector)',
  '2.49': 'mad_over_time(matrix) sort_by_label(vector,string...) sort_by_label_desc(vector,string...)',
  '2.51': 'histogram_avg(vector)',
  '2.55': 'info(vector,vector?)',
  '3.0': 'double_exponential_smoothing(matrix,scalar,scalar)',
  '3.5': 'ts_of_last_over_time(matrix) ts_of_max_over_time(matrix) ts_of_min_over_time(matrix)',
  '3.7': 'first_over_time(matrix) ts_of_first_over_time(matrix)',
  '3.11': `histogram_quantiles(vector,string,scalar${',scalar?'.repeat(9)})`,
  '3.12': 'end():scalar range():scalar start():scalar step():scalar',
  '3.13': 'max_of(scalar,scalar):scalar min_of(scalar,scalar):scalar',
  '3.14': 'start_timestamp(vector)',
};

const EXPERIMENTAL = new Set(
  (
    'mad_over_time sort_by_label sort_by_label_desc info double_exponential_smoothing ts_of_last_over_time ' +
    'ts_of_max_over_time ts_of_min_over_time ts_of_first_over_time histogram_quantiles end range start step max_of ' +
    'min_of start_timestamp'
  ).split(' '),
);

/** `histogram_quantile` reads classic buckets as well, and `histogram_fraction` does since 3.4. */
const NATIVE = new Set(
  'histogram_avg histogram_count histogram_fraction histogram_stddev histogram_stdvar histogram_sum'.split(' '),
);

const ENDED: Readonly<Record<string, { until: Version; instead: string }>> = {
  holt_winters: { until: '3.0', instead: 'double_exponential_smoothing' },
};

const functionOf = (since: Version, signature: string): Func => {
  const [, name = '', list = '', gives = 'vector'] = /^(\w+)\((.*)\)(?::(\w+))?$/.exec(signature) ?? [];
  const takes = list.split(',').filter(Boolean);
  return {
    name,
    takes: takes.map((type) => type.replace(/[?.]+$/, '') as ValueType),
    atLeast: takes.filter((type) => !/[?.]$/.test(type)).length,
    atMost: list.endsWith('...') ? Infinity : takes.length,
    gives: gives as ValueType,
    since,
    ...ENDED[name],
    ...(EXPERIMENTAL.has(name) && { flag: 'promql-experimental-functions' }),
    isNative: NATIVE.has(name),
  };
};

export const FUNCTIONS: ReadonlyMap<string, Func> = new Map(
  Object.entries(SIGNATURES).flatMap(([since, signatures]) =>
    signatures
      .trim()
      .split(/\s+/)
      .map((signature) => functionOf(since as Version, signature))
      .map((func) => [func.name, func] as const),
  ),
);

/** Below zero when `a` is the older release. */
export const compareVersions = (a: Version, b: Version): number => {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
};
