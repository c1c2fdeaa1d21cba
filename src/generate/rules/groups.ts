import { localId } from '../../alert/alert.ts';
import type { Catalog } from '../../definition/catalog.ts';
import type { RuleGroup } from '../rule.ts';
import { FAST_INTERVAL, SLOW_INTERVAL } from '../series.ts';
import { absenceAlerts } from './absence.ts';
import { burnAlerts } from './burn.ts';
import { conditionAlert } from './conditions.ts';
import { hasLedger, ledgerAlert } from './ledger.ts';
import { isFast } from './pace.ts';
import { fastRecords, slowRecords } from './recording.ts';
import type { Slo } from '../../slo/slo.ts';
import { subjectOf } from './subject.ts';
import type { Subject } from './subject.ts';
import { windowRecords } from './window.ts';

/** How often a group is evaluated: every `FAST_INTERVAL` or every `SLOW_INTERVAL`. */
export type Pace = 'fast' | 'slow';
const PACES: readonly Pace[] = ['fast', 'slow'];

/** An SLO's two groups: within each, rules stand after those that record what they read. */
const GROUP_OF: Readonly<Record<Pace, (subject: Subject, name: string) => RuleGroup>> = {
  fast: (subject, name) => ({
    name: `${name}-fast`,
    intervalMs: FAST_INTERVAL,
    rules: [
      ...fastRecords(subject),
      ...burnAlerts(subject, subject.slo.tiers.filter(isFast)),
      ...absenceAlerts(subject),
    ],
  }),
  slow: (subject, name) => ({
    name: `${name}-slow`,
    intervalMs: SLOW_INTERVAL,
    rules: [
      ...slowRecords(subject),
      ...windowRecords(subject),
      ...burnAlerts(
        subject,
        subject.slo.tiers.filter((tier) => !isFast(tier)),
      ),
      ...(hasLedger(subject) ? [ledgerAlert(subject)] : []),
    ],
  }),
};

/** `nines-api-availability`. Ids have dashes too: where two SLOs would share a name, a slash parts service and SLO. */
const namerOf = (ids: readonly { service: string; local: string }[]) => {
  const counts = new Map<string, number>();
  const plain = (service: string, local: string): string => `nines-${service}-${local}`;
  for (const { service, local } of ids) {
    const name = plain(service, local);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return (service: string, local: string): string =>
    (counts.get(plain(service, local)) ?? 0) > 1 ? `nines-${service}/${local}` : plain(service, local);
};

type Served = { id: string; system: string; served: boolean };

/** What this version serves of one system, by id. */
export const servedBy = <T extends Served>(systemId: string, all: ReadonlyMap<string, T>): T[] => {
  // A loop, because each of hundreds of systems goes through ten thousand SLOs.
  const found: T[] = [];
  for (const one of all.values()) if (one.system === systemId && one.served) found.push(one);
  return found.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
};

function* conditionGroups(catalog: Catalog, systemId: string): Generator<RuleGroup> {
  const served = servedBy(systemId, catalog.conditions);
  for (const service of new Set(served.map((condition) => condition.service))) {
    const rules = served
      .filter((condition) => condition.service === service)
      .flatMap((condition) => conditionAlert(catalog, condition) ?? []);
    if (rules.length > 0) yield { name: `nines-${service}-conditions`, intervalMs: FAST_INTERVAL, rules };
  }
}

/** The SLOs of one system that have rules, by id, and what their groups are called. */
const named = (catalog: Catalog, systemId: string): { slo: Slo; name: string }[] => {
  const all = servedBy(systemId, catalog.slos).map((slo) => ({ slo, local: localId(slo.id), service: slo.service }));
  const nameOf = namerOf(all);
  return all.map(({ slo, local, service }) => ({ slo, name: nameOf(service, local) }));
};

/** Names of the two groups of every SLO of a system. */
export const sloGroupNames = (catalog: Catalog, systemId: string): Record<Pace, string>[] =>
  named(catalog, systemId).map(({ name }) => ({ fast: `${name}-fast`, slow: `${name}-slow` }));

/**
 * All rules of one system, or those of one pace, group by group, in the order of the ids: of every SLO and condition that
 * this version serves, whether or not it is set up on this machine. Conditions are fast.
 */
export function* ruleGroupsOf(catalog: Catalog, systemId: string, paces = PACES): Generator<RuleGroup> {
  for (const { slo, name } of named(catalog, systemId)) {
    const subject = subjectOf(catalog, slo);
    for (const pace of paces) yield GROUP_OF[pace](subject, name);
  }
  if (paces.includes('fast')) yield* conditionGroups(catalog, systemId);
}
