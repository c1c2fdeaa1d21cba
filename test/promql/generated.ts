import fc from 'fast-check';

const words = (text: string): readonly string[] => text.split(' ');

const name = fc.constantFrom(...words('up foo a:b sum by and start job _x2 bool atan2 inf group_left or'));
const label = fc.constantFrom(...words('job le on sum inf __name__ bool a:b offset _'));
const duration = fc.constantFrom(...words('5m 1h30m 30d 0s 5 1.5h 30m1h 1y2w 300y 10ms 1h1h -5m 5x'), '');
const number = fc.constantFrom(...words('1 0.5 .5 1. 1e3 1e 1e999 0x1F 0x 0X1f 08 Inf NaN 1.5.5 5m 1_000 0b1 1e-400'));
const piece = fc.constantFrom(
  ...words(
    'a bc . .* .+ x? \\\\d \\\\. \\d [a-z] [^b] [z-a] [a-\\\\d] [] []a] [[:alpha:]] [[:foo:]] (a|b) (?:c) (?=d) (?i) (?P<n>e) (?<m>f)',
  ),
  ...words(
    '( ) | * + ? {2} {2,} {3,1} {1001} {,2} {01} \\\\1 \\\\12 \\\\Q*\\\\E \\\\Qa \\\\b \\\\B ^ $ \\\\pL \\\\p{Greek} \\\\p{Foo} \\\\p{Ll} \\\\x41 \\\\C',
  ),
  ...words(
    '(?i-s:a) (?x) \\\\z \\\\Z - \\\\_ \\\\q [\\\\b] [\\\\n-a] (a{20}){51} (a{20}){50} é 👍 \\\\é \\x41 \\n \\101 \\xff \\u00e9 \\" \' #',
  ),
);
const pattern = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
const string = fc.oneof(
  { weight: 6, arbitrary: pattern.map((text) => `"${text}"`) },
  pattern.map((text) => `'${text}'`),
  pattern.map((text) => `\`${text}\``),
  pattern.map((text) => `"${text}`),
);
const matcher = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(label, fc.constantFrom('=', '!=', '=~', '!~'), string).map((parts) => parts.join('')),
  },
  fc.constantFrom('a', '"a"', 'a=1', 'a==" "', '', '"a"="b"'),
);
const selector = fc.tuple(
  fc.option(name, { nil: '', freq: 3 }),
  fc.option(
    fc.array(matcher, { maxLength: 2 }).map((all) => `{${all.join(',')}}`),
    { nil: '', freq: 2 },
  ),
);
const labels = fc.array(label, { maxLength: 2 }).map((all) => `(${all.join(',')})`);

const postfix = fc.oneof(
  duration.map((text) => `[${text}]`),
  fc.tuple(duration, duration).map(([range, step]) => `[${range}:${step}]`),
  duration.map((text) => ` offset ${text}`),
  fc.oneof(number, fc.constantFrom('start()', 'end()', '-1', '+ 5')).map((text) => ` @ ${text}`),
);
const operator = fc.constantFrom(...words('+ - * / % ^ == != < <= > >= and or unless atan2 =~ </'));
const matching = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.constant('bool'),
  fc
    .tuple(
      fc.constantFrom('on', 'ignoring', 'bool on'),
      labels,
      fc.constantFrom('', 'group_left', 'group_right'),
      fc.option(labels, { nil: '' }),
    )
    .map((parts) => parts.join(' ')),
);
const func = fc.constantFrom(
  ...words('rate abs round label_join label_replace time vector scalar histogram_quantile clamp hour pi holt_winters'),
  ...words('sort_by_label predict_linear Rate unknown f absent_over_time histogram_fraction start max_of'),
);
const aggregation = fc.constantFrom(...words('sum avg topk quantile count_values bottomk SUM limitk group'));

/** Expressions right and wrong: most have the form of one, with a few parts that fit nowhere. */
export const expressions: fc.Arbitrary<string> = fc.letrec<{ expr: string }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 6, arbitrary: selector.map((parts) => parts.join('')) },
    { weight: 2, arbitrary: number },
    { weight: 2, arbitrary: string },
    { weight: 4, arbitrary: fc.tuple(tie('expr'), postfix).map((parts) => parts.join('')) },
    { weight: 4, arbitrary: fc.tuple(tie('expr'), operator, matching, tie('expr')).map((parts) => parts.join(' ')) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(func, fc.array(tie('expr'), { maxLength: 4 }))
        .map(([called, args]) => `${called}(${args.join(', ')})`),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          aggregation,
          fc.constantFrom('', 'by', 'without'),
          labels,
          fc.array(tie('expr'), { minLength: 1, maxLength: 2 }),
          fc.boolean(),
        )
        .map(([called, word, names, args, last]) => {
          const grouping = word === '' ? '' : ` ${word} ${names} `;
          return last ? `${called}(${args.join(',')})${grouping}` : `${called}${grouping}(${args.join(',')})`;
        }),
    },
    { weight: 1, arbitrary: tie('expr').map((expr) => `(${expr})`) },
    { weight: 1, arbitrary: tie('expr').map((expr) => `-${expr}`) },
    { weight: 1, arbitrary: tie('expr').map((expr) => `${expr} # so`) },
  ),
})).expr;

/** Regexes in a matcher that decides, where it stands alone, whether the selector is too wide. */
export const regexes: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('=~', '!~'), pattern)
  .map(([matches, text]) => `{a${matches}"${text}"}`);
