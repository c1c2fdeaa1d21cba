/** One time series; instants are epoch ms. Values may be NaN or infinite. */
export type Line = { labels: Readonly<Record<string, string>>; points: readonly Point[] };
export type Point = readonly [at: number, value: number];

export type RuleAnswer = {
  name: string;
  type: string;
  query: string;
  health: string;
  lastError: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** How long an alert waits; 0 for what does not. */
  forMs: number;
};
export type RuleGroupAnswer = {
  name: string;
  file: string;
  intervalMs: number;
  /** How long its last evaluation took. */
  tookMs: number;
  rules: readonly RuleAnswer[];
};
/** What a query gave and read: `samples` is null where the server does not count them. */
export type CostAnswer = { series: number; samples: number | null };
export type MetadataAnswer = ReadonlyMap<string, readonly { type: string; help: string; unit: string }[]>;

type Fields = Readonly<Record<string, unknown>>;

/** Thrown while reading an answer that is not what the API promises. */
export class Unreadable extends Error {}

const fieldsOf = (value: unknown): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable('an object was due');
  return value as Fields;
};

const listOf = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Unreadable('a list was due');
  return value;
};

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

export const labelsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fieldsOf(value)).map(([name, text]) => [name, textOf(text)]));

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** `12.5`, `NaN`, `+Inf`, `-Inf`. */
const numberOf = (value: unknown): number => {
  const text = textOf(value);
  if (text === 'NaN') return Number.NaN;
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  if (!NUMBER.test(text)) throw new Unreadable('a value is no number');
  return Number(text);
};

const pointOf = (value: unknown): Point => {
  const [at, text] = listOf(value);
  if (typeof at !== 'number' || !Number.isFinite(at)) throw new Unreadable('a point has no instant');
  return [Math.round(at * 1_000), numberOf(text)];
};

/** Vectors, matrices and scalars alike; native histograms have no single value and are left out. */
export const linesOf = (data: unknown): readonly Line[] => {
  const { resultType, result } = fieldsOf(data);
  if (resultType === 'scalar') return [{ labels: {}, points: [pointOf(result)] }];
  if (resultType !== 'vector' && resultType !== 'matrix') throw new Unreadable('numbers were due');
  return listOf(result).flatMap((one) => {
    const { metric, value, values } = fieldsOf(one);
    const points = resultType === 'vector' ? (value === undefined ? [] : [value]) : listOf(values ?? []);
    return points.length === 0 ? [] : [{ labels: labelsOf(metric), points: points.map(pointOf) }];
  });
};

export const costOf = (data: unknown): CostAnswer => {
  const { stats } = fieldsOf(data);
  const samples = stats === undefined ? undefined : fieldsOf(fieldsOf(stats)['samples'] ?? {})['totalQueryableSamples'];
  return { series: linesOf(data).length, samples: typeof samples === 'number' ? samples : null };
};

export const seriesOf = (data: unknown): readonly Readonly<Record<string, string>>[] => listOf(data).map(labelsOf);

export const namesOf = (data: unknown): readonly string[] => textsOf(listOf(data));

const msOf = (seconds: unknown): number => (typeof seconds === 'number' ? Math.round(seconds * 1_000) : 0);

export const ruleGroupsOf = (data: unknown): readonly RuleGroupAnswer[] =>
  listOf(fieldsOf(data)['groups']).map((one) => {
    const { name, file, interval, evaluationTime, rules } = fieldsOf(one);
    return {
      name: textOf(name),
      file: textOf(file),
      intervalMs: msOf(interval),
      tookMs: msOf(evaluationTime),
      rules: listOf(rules ?? []).map((each) => {
        const rule = fieldsOf(each);
        return {
          name: textOf(rule['name']),
          type: textOf(rule['type']),
          query: textOf(rule['query']),
          health: textOf(rule['health']),
          lastError: textOf(rule['lastError']),
          labels: labelsOf(rule['labels'] ?? {}),
          annotations: labelsOf(rule['annotations'] ?? {}),
          forMs: msOf(rule['duration']),
        };
      }),
    };
  });

export const metadataOf = (data: unknown): MetadataAnswer =>
  new Map(
    Object.entries(fieldsOf(data)).map(([metric, all]) => [
      metric,
      listOf(all).map((one) => {
        const { type, help, unit } = fieldsOf(one);
        return { type: textOf(type), help: textOf(help), unit: textOf(unit) };
      }),
    ]),
  );
