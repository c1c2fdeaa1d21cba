import { DAY } from '../duration.ts';
import { lintAdjustments } from './lint-adjustment.ts';
import { lintCondition } from './lint-condition.ts';
import { lintConnector } from './lint-connector.ts';
import { lintDependencies } from './lint-dependencies.ts';
import { lintMaintenance } from './lint-maintenance.ts';
import { lintProbe } from './lint-probe.ts';
import { lintRate } from './lint-rate.ts';
import { lintRequestBudgets } from './lint-request-budgets.ts';
import { lintSlo } from './lint-slo.ts';
import type { Path } from './locate.ts';
import type { SystemDocument } from './spec/document.ts';
import { lintLeast, lintTwice } from './tell.ts';
import type { Tell } from './tell.ts';

/** The name that is taken by what is about Nines itself. */
const SELF = 'nines';

/** What no schema says: how the fields of one system agree with each other. */
export const lintSystem = (system: SystemDocument, tell: Tell): void => {
  if (system.id === SELF)
    tell.error(['id'], `id must not be ${SELF}: generated files and rules of that name are about Nines itself`);
  lintLeast(tell, ['retention'], 'retention', system.retention, DAY);
  lintTwice(tell, ['connectors'], system.connectors);
  system.connectors.forEach((connector, index) => lintConnector(connector, ['connectors', index], tell));
  lintTwice(tell, ['services'], system.services);
  system.services.forEach((service, index) => {
    const at: Path = ['services', index];
    lintTwice(tell, [...at, 'probes'], service.probes);
    lintTwice(tell, [...at, 'slos'], service.slos);
    lintTwice(tell, [...at, 'conditions'], service.conditions);
    service.probes.forEach((probe, entry) => lintProbe(probe, [...at, 'probes', entry], tell));
    service.slos.forEach((slo, entry) => lintSlo(system, service, slo, [...at, 'slos', entry], tell));
    service.conditions.forEach((condition, entry) =>
      lintCondition(system, service, condition, [...at, 'conditions', entry], tell),
    );
  });
  lintDependencies(system, tell);
  lintRequestBudgets(system, tell);
  lintRate(system, tell);
  lintMaintenance(system, tell);
  lintAdjustments(system, tell);
};
