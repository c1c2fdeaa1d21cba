import { localId } from '../../alert/alert.ts';
import type { Catalog, CatalogProbe, CatalogService, CatalogSystem } from '../../definition/catalog.ts';
import type { Slo } from '../../slo/slo.ts';
import type { JsonObject } from '../finish.ts';
import { CHART, FACT, line, linesOf, type Line, type Panel, type Row } from '../panels/panel.ts';
import { text } from '../panels/text.ts';
import { conditionChart } from './conditions.ts';
import { dashboard, ninesLink } from './frame.ts';
import { levelNow, levelsOverTime } from './incident-panels.ts';
import { alertsFiring, happenings } from './marks.ts';
import { certificate, checksOverTime, durations, probeFacts } from './probe-panels.ts';
import { readingCharts } from './readings.ts';
import { scopeOf, type Scope } from './selector.ts';
import { sloPanels } from './slo-panels.ts';
import { sloTable } from './slo-table.ts';
import { systemUid } from './uid.ts';

/** More than this many open panels and a phone loads for too long: the rows after them begin closed. */
const OPEN = 25;
/** More objects of a kind are no longer a picture: a service with more SLOs has its table, and each of them its detail. */
const MOST_SLOS = 10;
const MOST_CONDITIONS = 12;
const MOST_SERVICES = 40;

type Home = { catalog: Catalog; service: CatalogService; scope: Scope };

const of = <T extends { system: string; service: string }>(
  all: ReadonlyMap<string, T>,
  { system, local }: CatalogService,
) => [...all.values()].filter((one) => one.system === system && one.service === local);

const showsCertificate = (probe: CatalogProbe): boolean =>
  probe.kind === 'tls' ||
  (probe.kind === 'http' && probe.spec.kind === 'http' && /^(?:https:|\$)/.test(probe.spec.url));

const probeLines = ({ service, scope }: Home, probes: readonly CatalogProbe[]): readonly Line[] => {
  if (probes.length === 0) return [];
  const visiting = probes.filter(({ kind }) => kind !== 'heartbeat');
  const { id, name } = service;
  const named = (panel: Panel, title: string): Panel => ({ ...panel, title: `${name}: ${title}` });
  const checks = named(checksOverTime(`${id}/checks`, scope, '{{probe}}'), 'checks');
  const slow =
    visiting.length > 0 ? [named(durations(`${id}/durations`, scope, '{{probe}}'), 'duration of checks')] : [];
  const readings = (['postgres', 'redis'] as const).flatMap((kind) =>
    probes.some((probe) => probe.kind === kind) ? readingCharts(id, kind, scope, ` (${name})`) : [],
  );
  return [line(CHART, checks, ...slow), ...linesOf(CHART, readings, 2)];
};

const waiting = (slos: readonly Slo[], { service, catalog }: Home): readonly Line[] =>
  slos.length === 0
    ? []
    : [
        line(
          4,
          text({
            key: `${service.id}/unmeasured`,
            title: `${service.name}: not measured yet`,
            description:
              'SLOs whose indicator this version of Nines cannot measure; they promise nothing until it can.',
            content: slos.map(({ name, id }) => `- [${name}](${catalog.links.nines}/slos/${id})`).join('\n'),
          }),
        ),
      ];

/** Its name; where another has the same one, with the id that tells them apart. */
const calledAmong = (
  all: readonly { id: string; name: string }[],
  { id, name }: { id: string; name: string },
): string => (all.some((other) => other.id !== id && other.name === name) ? `${name} (${localId(id)})` : name);

/** How its SLOs stand against their objectives, and how long certificates last; then a line of charts per SLO. */
const sloLines = (home: Home, slos: readonly Slo[], probes: readonly CatalogProbe[]): readonly Line[] => {
  const { catalog, service, scope } = home;
  const expires = probes.some(showsCertificate)
    ? [certificate(`${service.id}/certificate`, scope, `${service.name}: certificates last`)]
    : [];
  if (slos.length > MOST_SLOS)
    return [...linesOf(FACT, expires), line(10, sloTable(`${service.id}/slos`, `${service.name}: SLOs`, scope))];
  const shown = slos.map((slo) => sloPanels(slo, calledAmong(slos, slo), catalog.links));
  return [...linesOf(FACT, [...shown.map(({ fact }) => fact), ...expires]), ...shown.map(({ charts }) => charts)];
};

const conditionLines = ({ catalog, service }: Home): readonly Line[] => {
  const conditions = of(catalog.conditions, service);
  if (conditions.length > MOST_CONDITIONS) return [];
  const charts = conditions.flatMap((condition) => {
    const { source } = condition;
    const probe = source.kind === 'probe' ? catalog.probes.get(source.probe) : undefined;
    return conditionChart(condition, calledAmong(conditions, condition), probe) ?? [];
  });
  return linesOf(CHART, charts, 3);
};

const serviceLines = (home: Home): readonly Line[] => {
  const { catalog, service } = home;
  const slos = of(catalog.slos, service);
  const probes = of(catalog.probes, service);
  const served = slos.filter((slo) => slo.served);
  const unserved = slos.filter((slo) => !slo.served);
  return [
    ...sloLines(home, served, probes),
    ...waiting(unserved, home),
    ...probeLines(home, probes),
    ...conditionLines(home),
  ];
};

const countIn = (lines: readonly Line[]): number => lines.reduce((sum, { panels }) => sum + panels.length, 0);

/** Rows stay open while the panels of all open ones are few. */
const closedBeyond = (rows: readonly Row[]): readonly Row[] => {
  let open = 0;
  return rows.map((row) => {
    open += countIn(row.lines);
    return open <= OPEN ? row : { ...row, closed: true };
  });
};

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** One system with all that it has: its SLOs, probes, databases, certificates and conditions, service by service. */
export const system = (catalog: Catalog, { id, name, description }: CatalogSystem): JsonObject => {
  const { environment, links } = catalog;
  const scope = scopeOf({ system: id, environment });
  const services = [...catalog.services.values()].filter((service) => service.system === id);
  const rows: readonly Row[] = [
    {
      key: `${id}/now`,
      title: 'Now',
      lines: [
        line(FACT, ...probeFacts(`${id}/probes`, scope), levelNow(`${id}/level`, scope)),
        line(10, sloTable(`${id}/slos`, 'SLOs', scope)),
        line(5, levelsOverTime(`${id}/levels`, scope)),
      ],
    },
    ...(services.length > MOST_SERVICES ? [] : services).map((service) => ({
      key: service.id,
      title: service.name,
      lines: serviceLines({ catalog, service, scope: scopeOf({ system: id, environment, service: service.local }) }),
    })),
  ];
  return dashboard({
    uid: systemUid(id),
    // Two systems may have one name; their ids differ.
    title: slug(name) === id ? `Nines: ${name}` : `Nines: ${name} (${id})`,
    description: description ?? `Everything that Nines knows of ${name}.`,
    from: 'now-24h',
    variables: [],
    marks: [happenings(scope), alertsFiring(scope)],
    links: [ninesLink(links)],
    rows: closedBeyond(rows.filter(({ lines }) => lines.length > 0)),
  });
};
