const AMOUNT = String.raw`(\d+(?:\.\d+)?(?:e[+-]?\d+)?)`;
const NUMBER = new RegExp(String.raw`(?<![\w.])${AMOUNT}(?!\w|\.\d)`, 'gi');
const COMPARED = new RegExp(String.raw`[<>]=?\s*(?:bool\s+)?${AMOUNT}`, 'gi');
/** A tier compares error ratios with factor × (1 − objective), and events with their least number. */
const RATIO_COMPARED = new RegExp(
  String.raw`nines:sli_error:ratio\w*(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s*>\s*${AMOUNT}`,
  'g',
);

/** The first number that stands for itself, such as that of `vector(0.999)`. */
export const firstNumber = (text: string): number | undefined => {
  const [first] = text.match(NUMBER) ?? [];
  return first === undefined ? undefined : Number(first);
};

const short = (value: number): string => String(Number(value.toPrecision(6)));

/** `99.95` */
export const percent = (share: number): string => short(share * 100);

export type Limits = { limits: readonly number[]; factors: readonly string[] };

/**
 * What an expression compares with, as it is written and as it is said: of a tier, how many times too fast a budget burns.
 * `objective`: the share, of a tier; undefined for all other alerts.
 */
export const limitsOf = (expr: string, objective: number | undefined): Limits => {
  const isTier = objective !== undefined && objective < 1;
  const found = [...expr.matchAll(isTier ? RATIO_COMPARED : COMPARED)].map((match) => Number(match[1]));
  // A guard against rates of nothing is no threshold.
  const limits = [...new Set(found.filter((limit) => limit > 0))];
  return { limits, factors: limits.map((limit) => short(isTier ? limit / (1 - objective) : limit)) };
};

/** A text without the numbers that another sentence speaks of, so that what follows from them is not told again. */
export const without = (said: readonly number[], text: string): string => {
  const places = new Map(said.map((number, place) => [short(number), place]));
  return text.replaceAll(NUMBER, (number) => {
    const place = places.get(short(Number(number)));
    return place === undefined ? number : `#${place}`;
  });
};

/** Every number that follows from an objective. */
export const ofObjective = (objective: number | undefined): number[] =>
  objective === undefined ? [] : [objective, 1 - objective, objective * 100, 100 - objective * 100];
