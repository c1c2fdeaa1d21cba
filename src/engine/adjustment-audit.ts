import type { Catalog } from '../definition/catalog.ts';
import { sharePhrase } from '../slo/phrase.ts';

/** One that was added, changed or removed since it was last written down. `object` is `system/id`. */
export type AdjustmentChange = {
  verb: string;
  object: string;
  owner: string;
  because: string;
  slos: readonly string[];
};

type Budgets = (slo: string) => { before: number | null; after: number | null };

/** A fleet has more than anybody reads. */
const MOST_TOLD = 10;

/** All exclusions and corrections as texts that differ when they do, by kind and whole id. */
export const definedIn = ({ systems }: Catalog): Record<string, string> =>
  Object.fromEntries(
    [...systems.values()].flatMap(({ id, exclusions, corrections }) => [
      ...exclusions.map((one) => [`exclusion ${id}/${one.id}`, JSON.stringify(one)] as const),
      ...corrections.map((one) => [`correction ${id}/${one.id}`, JSON.stringify({ ...one, slos: [one.slo] })] as const),
    ]),
  );

export const changesSince = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): AdjustmentChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    if (before[key] === after[key]) return [];
    const [kind = '', object = ''] = key.split(' ');
    const how = before[key] === undefined ? 'added' : after[key] === undefined ? 'removed' : 'changed';
    const { owner, because, slos } = JSON.parse(after[key] ?? before[key] ?? '{}') as AdjustmentChange;
    return [{ verb: `${kind} ${how}`, object, owner, because, slos }];
  });

const left = (share: number | null): string => (share === null ? 'no data' : sharePhrase(share));

/** Why, and what is left of each budget as counted and as it stands now. */
export const detailOf = ({ because, slos }: AdjustmentChange, budgets: Budgets): string => {
  const told = slos.slice(0, MOST_TOLD).map((slo) => {
    const { before, after } = budgets(slo);
    return `${slo} ${left(before)} as counted, ${left(after)} now`;
  });
  const more = slos.length > MOST_TOLD ? [`and ${slos.length - MOST_TOLD} more`] : [];
  return `${because} (${[...told, ...more].join('; ')})`;
};
