import type { CatalogConnector, CatalogService, CatalogSystem } from '../../definition/catalog.ts';
import type { MaintenanceWindow } from '../../slo/maintenance.ts';
import { addressText, guardedText, instantText, lengthText, listText, type Facts } from './fact.ts';

const whenText = ({ when, forMs, services }: MaintenanceWindow): string => {
  const begins = when.kind === 'once' ? when.from : `${when.weekdays.join(', ')} at ${when.at}`;
  return `${begins}, for ${lengthText(forMs)}, ${services === null ? 'all services' : services.join(', ')}`;
};

const signed = (count: number): string => (count < 0 ? String(count) : `+${count}`);

export const systemFacts = (system: CatalogSystem): Facts => ({
  name: system.name,
  description: system.description ?? undefined,
  owner: system.owner ?? undefined,
  timeZone: system.zone,
  residency: system.residency ?? undefined,
  retention: lengthText(system.retentionMs),
  connectivity:
    system.connectivity === null
      ? undefined
      : `at least ${system.connectivity.atLeast} of ${system.connectivity.probes.join(', ')}`,
  ...Object.fromEntries(system.maintenance.map((one) => [`maintenance ${one.id}`, whenText(one)])),
  ...Object.fromEntries(
    system.exclusions.map(({ id, slos, from, to, owner, because }) => [
      `exclusion ${id}`,
      `${instantText(from)} to ${instantText(to)} of ${slos.join(', ')} (${owner}: ${because})`,
    ]),
  ),
  ...Object.fromEntries(
    system.corrections.map(({ id, slo, from, to, bad, total, owner, because }) => [
      `correction ${id}`,
      `${signed(bad)} bad, ${signed(total)} in all, ${instantText(from)} to ${instantText(to)} of ${slo} (${owner}: ${because})`,
    ]),
  ),
});

export const serviceFacts = ({ name, tier, policy }: CatalogService): Facts => ({ name, tier, policy });

export const connectorFacts = (connector: CatalogConnector): Facts => {
  if (connector.kind !== 'prometheus') return { kind: connector.kind };
  const { url, token, tenant, headers, scrapeInterval, settle, timeout } = connector.spec;
  return {
    kind: connector.kind,
    url: addressText(url),
    token: guardedText(token),
    tenant: guardedText(tenant),
    headers: listText(Object.keys(headers).toSorted()),
    scrapeInterval,
    settle,
    timeout,
  };
};
