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

/** An SLO's two groups: within each, rules stand after those that record what they read. */
const groupsOf = (subject: Subject, name: string): RuleGroup[] => {
  const { tiers } = subject.slo;
  return [
    {
      name: `${name}-fast`,
      intervalMs: FAST_INTERVAL,
      rules: [...fastRecords(subject), ...burnAlerts(subject, tiers.filter(isFast)), ...absenceAlerts(subject)],
    },
    {
      name: `${name}-slow`,
      intervalMs: SLOW_INTERVAL,
      rules: [
        ...slowRecords(subject),
        ...windowRecords(subject),
        ...burnAlerts(
          subject,
          tiers.filter((tier) => !isFast(tier)),
        ),
        ...(hasLedger(subject) ? [ledgerAlert(subject)] : []),
      ],
    },
  ];
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

const servedBy = <T extends Served>(systemId: string, all: ReadonlyMap<string, T>): T[] =>
  [...all.values()]
    .filter(({ system, served }) => system === systemId && served)
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

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
export const sloGroupNames = (catalog: Catalog, systemId: string): { fast: string; slow: string }[] =>
  named(catalog, systemId).map(({ name }) => ({ fast: `${name}-fast`, slow: `${name}-slow` }));

/**
 * All rules of one system, group by group, in the order of the ids: of every SLO and condition that this version serves,
 * whether or not it is set up on this machine.
 */
export function* ruleGroupsOf(catalog: Catalog, systemId: string): Generator<RuleGroup> {
  for (const { slo, name } of named(catalog, systemId)) yield* groupsOf(subjectOf(catalog, slo), name);
  yield* conditionGroups(catalog, systemId);
}
