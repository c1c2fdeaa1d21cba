import type { Catalog, Problem } from './catalog.ts';
import { connectorOf } from './connector.ts';
import { channelOf, conditionOf, linksOf, policyOf, probeOf, sloOf, systemOf } from './build.ts';
import type { Home } from './build.ts';
import { readDraft } from './draft.ts';
import type { DefinitionFile } from './draft.ts';
import { expand } from './expand.ts';
import { link } from './link.ts';
import type { Lookup } from './resolve.ts';
import { checkShape } from './shape.ts';
import type { Shaped } from './shape.ts';
import type { SystemDocument } from './spec/document.ts';

/**
 * `profile` becomes the label `environment`. `lookup` gives the value of a reference (`env:NAME`, `file:path`).
 * `requirements` are the ids that `covers` may name, `runbooks` the pages that Nines serves (`checkout.md`); without them
 * that is not checked.
 */
export type LoadContext = {
  profile: string;
  lookup: Lookup;
  requirements?: ReadonlySet<string>;
  runbooks?: ReadonlySet<string>;
};

export type Loaded = { catalog: Catalog; problems: [] } | { catalog: null; problems: Problem[] };

const MOST_PROBLEMS = 100;
const MOST_AT_ONE_PLACE = 3;

/** All files → one catalog, or all mistakes of all of them, in the order of files and lines. Never throws for a text. */
export const load = (files: readonly DefinitionFile[], context: LoadContext): Loaded => {
  const problems: Problem[] = [];
  const shaped: Shaped[] = [];
  let isWhole = true;
  for (const file of files) {
    const read = readDraft(file);
    problems.push(...read.problems);
    const expanded = read.draft ? expand(read.draft, context.lookup) : null;
    problems.push(...(expanded?.problems ?? []));
    if (expanded && expanded.problems.length > 0) isWhole = false;
    const checked = expanded ? checkShape(expanded.draft) : null;
    problems.push(...(checked?.problems ?? []));
    if (checked?.shaped) shaped.push(checked.shaped);
    else isWhole = false;
  }
  const { lookup, requirements = null, runbooks = null } = context;
  const found = link(shaped, { isWhole, lookup, requirements, runbooks });
  const order = new Map(files.map(({ file }, index) => [file, index]));
  const sorted = (list: readonly Problem[]): Problem[] =>
    once(list).toSorted(
      (a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
    );
  const errors = sorted([...problems, ...found.errors]);
  if (errors.length > 0) return { catalog: null, problems: atMost(errors) };
  return { catalog: catalogOf(shaped, context, sorted(found.warnings)), problems: [] };
};

/** The entries of one template have their mistakes at one place: the first of them stands for all. */
const once = (problems: readonly Problem[]): Problem[] => {
  const counts = new Map<string, number>();
  return problems.filter(({ file, line, column }) => {
    const place = `${file}:${line}:${column}`;
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    return count <= MOST_AT_ONE_PLACE;
  });
};

/** A file that is no definition at all could drown the mistakes of the others. */
const atMost = (problems: readonly Problem[]): Problem[] => {
  const counts = new Map<string, number>();
  return problems.flatMap((problem) => {
    const count = (counts.get(problem.file) ?? 0) + 1;
    counts.set(problem.file, count);
    if (count <= MOST_PROBLEMS) return [problem];
    if (count > MOST_PROBLEMS + 1) return [];
    const rest = problems.filter((other) => other.file === problem.file).length - MOST_PROBLEMS;
    return [{ ...problem, message: `file has ${rest} more mistakes from here on` }];
  });
};

const byId = <T extends { id: string }>(list: readonly T[]): ReadonlyMap<string, T> =>
  new Map(list.map((one) => [one.id, one]));

const catalogOf = (shaped: readonly Shaped[], context: LoadContext, warnings: readonly Problem[]): Catalog => {
  const { lookup, profile: environment } = context;
  const systems = shaped.flatMap((one) => (one.document.kind === 'System' ? [{ ...one, document: one.document }] : []));
  const policies = shaped.flatMap(({ document }) => (document.kind === 'Policies' ? [document] : []));
  const links = linksOf(shaped.map(({ document }) => document).find((document) => document.kind === 'Links'));
  const homes = systems.flatMap(({ draft, document }) =>
    document.services.map((service, index) => ({
      draft,
      index,
      home: { system: document, service, environment, runbooks: links.runbooks } satisfies Home,
    })),
  );
  const probes = byId(
    homes.flatMap(({ draft, index, home }) =>
      home.service.probes.map((probe, entry) => {
        const isTimeoutWritten = draft.holds(['services', index, 'probes', entry, 'timeout']);
        return probeOf(home, probe, isTimeoutWritten, lookup);
      }),
    ),
  );
  const connectors = byId(
    systems.flatMap(({ document }) => document.connectors.map((spec) => connectorOf(document, spec, lookup))),
  );
  return {
    environment,
    systems: byId(systems.map(({ document }) => systemOf(document))),
    services: byId(
      homes.map(({ home: { system, service } }) => {
        const { id: local, name, tier, policy } = service;
        return { id: `${system.id}/${local}`, system: system.id, local, name, tier, policy };
      }),
    ),
    probes,
    slos: byId(homes.flatMap(({ home }) => home.service.slos.map((slo) => sloOf(home, slo, { probes, connectors })))),
    conditions: byId(
      homes.flatMap(({ home }) =>
        home.service.conditions.map((condition) => conditionOf(home, condition, { probes, connectors })),
      ),
    ),
    policies: byId(policies.flatMap((document) => document.policies.map(policyOf))),
    channels: byId(policies.flatMap((document) => document.channels.map((channel) => channelOf(channel, lookup)))),
    connectors,
    links,
    covered: new Set([
      ...systems.flatMap(({ document }) => coversOf(document)),
      ...policies.flatMap((document) => document.policies.flatMap((policy) => policy.covers)),
    ]),
    warnings,
  };
};

const coversOf = (system: SystemDocument): string[] => [
  ...system.covers,
  ...system.services.flatMap((service) =>
    [service, ...service.probes, ...service.slos, ...service.conditions].flatMap((one) => one.covers),
  ),
];
