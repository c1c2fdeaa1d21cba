import { setImmediate as breathe } from 'node:timers/promises';

export type Labels = Readonly<Record<string, string>>;

/** One series. `set` is a plain write to memory; after `remove` it writes to nothing. */
export type Handle = { set(value: number): void; remove(): void };

/** The series of one metric. The same labels give the same handle. */
export type Family = { series(labels: Labels): Handle };

/** One histogram. `counts` are per bound, not added up, with one more for all above the last bound; they never fall. */
export type HistogramHandle = { set(counts: readonly number[], sum: number): void };

export type Series = {
  gauge(name: string, help: string): Family;
  /** The value given to `set` must never fall. */
  counter(name: string, help: string): Family;
  histogram(name: string, help: string, bounds: readonly number[]): HistogramHandle;
  /** The text of all series (Prometheus text format 0.0.4) in chunks, giving way to others between them. */
  write(): AsyncGenerator<string>;
  /** `refused` series were beyond the limit and are not exported. */
  stats(): { series: number; refused: number };
};

type Line = { prefix: string; value: number };
type Group = { head: string; lines: Map<string, Line> };

const CHUNK = 2_000;
/** A scrape of this many takes about 0.2 s of CPU; far above it something makes labels without end. */
const LIMIT = 500_000;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' };
const escapeLabel = (value: string): string => value.replaceAll(/[\\\n"]/g, (character) => ESCAPES[character]!);
const escapeHelp = (text: string): string => text.replaceAll(/[\\\n]/g, (character) => ESCAPES[character]!);

const prefixOf = (name: string, labels: Labels): string => {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value.toWellFormed())}"`);
  return pairs.length > 0 ? `${name}{${pairs.join(',')}} ` : `${name} `;
};

const numberText = (value: number): string => {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
};

const REFUSED: Handle = { set() {}, remove() {} };

async function* writeGroups(groups: Iterable<Group>): AsyncGenerator<string> {
  let text = '';
  let count = 0;
  for (const { head, lines } of groups) {
    if (lines.size > 0) text += head;
    for (const { prefix, value } of lines.values()) {
      text += `${prefix}${numberText(value)}\n`;
      if (++count % CHUNK === 0) {
        yield text;
        text = '';
        await breathe();
      }
    }
  }
  if (text) yield text;
}

/**
 * A writer for many series of numbers that change often: names and labels are rendered once, a scrape appends numbers.
 * prom-client renders all of it every time and blocks for 300 ms at 100,000 series.
 */
export const createSeries = (limit = LIMIT): Series => {
  const groups = new Map<string, Group>();
  let count = 0;
  let refused = 0;

  const linesOf = (name: string, help: string, type: 'gauge' | 'counter' | 'histogram'): Group['lines'] => {
    const lines: Group['lines'] = new Map();
    groups.set(name, { head: `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`, lines });
    return lines;
  };

  const family = (name: string, help: string, type: 'gauge' | 'counter'): Family => {
    const lines = linesOf(name, help, type);
    return {
      series: (labels) => {
        const prefix = prefixOf(name, labels);
        let line = lines.get(prefix);
        if (!line) {
          if (count >= limit) {
            refused++;
            return REFUSED;
          }
          line = { prefix, value: Number.NaN };
          lines.set(prefix, line);
          count++;
        }
        const own = line;
        return {
          set: (value) => {
            own.value = value;
          },
          remove: () => {
            if (lines.get(prefix) === own && lines.delete(prefix)) count--;
          },
        };
      },
    };
  };

  /** Its few lines are no labels without end, so that the limit does not count them; there are none before `set`. */
  const histogram = (name: string, help: string, bounds: readonly number[]): HistogramHandle => {
    const lines = linesOf(name, help, 'histogram');
    const put = (prefix: string, value: number): void => void lines.set(prefix, { prefix, value });
    return {
      set: (counts, sum) => {
        let all = 0;
        counts.forEach((inBucket, index) => {
          all += inBucket;
          put(prefixOf(`${name}_bucket`, { le: numberText(bounds[index] ?? Infinity) }), all);
        });
        put(`${name}_sum `, sum);
        put(`${name}_count `, all);
      },
    };
  };

  return {
    histogram,
    gauge: (name, help) => family(name, help, 'gauge'),
    counter: (name, help) => family(name, help, 'counter'),
    write: () => writeGroups(groups.values()),
    stats: () => ({ series: count, refused }),
  };
};
