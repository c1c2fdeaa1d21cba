/** The embedded evaluator among the judges of an alert. */
export const NINES = 'nines';

/**
 * What one judge says of an alert: since `at`, and until `until`, the end of its lease (epoch ms). null = no lease: the
 * embedded evaluator says so itself when it cannot judge any more.
 */
export type Word = { status: 'firing' | 'stale' | 'clear'; at: number; until: number | null };

/** The words of all judges that fired since the alert was last clear, by judge. */
export type Words = Readonly<Record<string, Word>>;

const standing = ({ status, until }: Word, now: number): Word['status'] =>
  status === 'firing' && until !== null && until <= now ? 'stale' : status;

/**
 * How the alert stands (design: Identity). It fires while any live judge fires; it is clear when every judge that fired
 * says so, on data. A judge that fell silent says nothing, which is stale and never clear.
 */
export const jointStatus = (words: Words, now: number): Word['status'] => {
  let joint: Word['status'] = 'clear';
  for (const judge in words) {
    const status = standing(words[judge]!, now);
    if (status === 'firing') return status;
    if (status === 'stale') joint = status;
  }
  return joint;
};

const isOver = (words: Words): boolean => Object.values(words).every(({ status }) => status === 'clear');

/**
 * The words once a judge has spoken; the same object when that is no news. Who never fired cannot clear. The first word
 * after all were clear begins anew. A clear word is kept until then: the judge itself has to find it after a restart.
 */
export const afterWord = (words: Words, judge: string, word: Word): Words => {
  const before = words[judge];
  if (before === undefined && word.status === 'clear') return words;
  const isSame = before?.status === word.status;
  if (isSame && (word.status === 'clear' || before.until === word.until)) return words;
  const spoken = { ...word, at: isSame ? before.at : word.at };
  return isOver(words) && word.status !== 'clear' ? { [judge]: spoken } : { ...words, [judge]: spoken };
};

/** Leases that ran out as silence that lasts: no restart gives them another term. The same object where there are none. */
export const withSilence = (words: Words, now: number): Words =>
  Object.values(words).some((word) => word.status !== standing(word, now))
    ? Object.fromEntries(
        Object.entries(words).map(([judge, word]) => [judge, { ...word, status: standing(word, now) }]),
      )
    : words;

/** Without judges whose lease ran out: a person has said that it is over, and they never will. */
export const withoutSilent = (words: Words, now: number): Words =>
  Object.fromEntries(
    Object.entries(words).filter(([, word]) => word.until === null || standing(word, now) !== 'stale'),
  );

/** Whether time alone can change how it stands. */
export const isLeased = (words: Words): boolean =>
  Object.values(words).some(({ status, until }) => status !== 'clear' && until !== null);

/** `Prometheus (http://am.example.org)` of `alertmanager:http://am.example.org`. */
const nameOf = (judge: string): string => {
  if (judge === NINES) return 'Nines';
  const where = judge.slice(judge.indexOf(':') + 1);
  return where === '' ? 'Prometheus' : `Prometheus (${where})`;
};

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** One line for people: `Fires for Nines and Prometheus (http://am)`; null where only the embedded evaluator has spoken. */
export const judgesPhrase = (words: Words, now: number): string | null => {
  const all = Object.entries(words);
  if (all.every(([judge]) => judge === NINES)) return null;
  const of = (status: Word['status']): string[] =>
    all.filter(([, word]) => standing(word, now) === status).map(([judge]) => nameOf(judge));
  const [firing, stale, clear] = [of('firing'), of('stale'), of('clear')];
  return [
    firing.length > 0 ? `Fires for ${firing.length === 1 && all.length === 1 ? 'only ' : ''}${listed(firing)}` : '',
    stale.length > 0 ? `no word any more from ${listed(stale)}` : '',
    clear.length > 0 ? `clear for ${listed(clear)}` : '',
  ]
    .filter((part) => part !== '')
    .join('; ')
    .replace(/^./, (first) => first.toUpperCase());
};
