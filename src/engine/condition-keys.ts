import { alertKey } from '../alert/alert.ts';
import { conditionIdentity, type Condition } from '../alert/condition.ts';
import type { Catalog } from '../definition/catalog.ts';

const kept = new WeakMap<Catalog, ReadonlyMap<string, Condition>>();

/** The condition that an alert is of; undefined for alerts of SLOs. Keys are hashes, made once per catalog. */
export const conditionOf = (catalog: Catalog, key: string): Condition | undefined => {
  let byKey = kept.get(catalog);
  if (!byKey) {
    byKey = new Map([...catalog.conditions.values()].map((one) => [alertKey(conditionIdentity(one)), one]));
    kept.set(catalog, byKey);
  }
  return byKey.get(key);
};
