import type { Catalog } from '../definition/catalog.ts';
import type { GeneratedFile, GenerateOptions } from './file.ts';
import type { Family } from './paths.ts';

/** One family of generated files. Pure: the same catalog and options give the same bytes on any machine. */
export type Part = (catalog: Catalog, options: GenerateOptions) => Iterable<GeneratedFile>;

/** Loaded only where they are asked for: dashboards alone bring a library of 200 modules. */
const PARTS: readonly (readonly [Family, () => Promise<Part>])[] = [
  ['rules', async () => (await import('./rules/index.ts')).ruleFiles],
  ['rule-tests', async () => (await import('./rule-tests/index.ts')).ruleTestFiles],
  ['dashboards', async () => (await import('./dashboards/index.ts')).dashboardFiles],
  ['prometheus', async () => (await import('./prometheus.ts')).prometheusPart],
  ['alertmanager', async () => (await import('./alertmanager.ts')).alertmanagerPart],
  ['grafana', async () => (await import('./provisioning.ts')).provisioningPart],
];

/** Every file of the catalog, or of some families, by path. */
export const generate = async (
  catalog: Catalog,
  options: GenerateOptions,
  isAsked: (family: Family) => boolean = () => true,
): Promise<readonly GeneratedFile[]> => {
  const parts = await Promise.all(PARTS.flatMap(([family, load]) => (isAsked(family) ? [load()] : [])));
  return parts.flatMap((part) => [...part(catalog, options)]).toSorted((a, b) => (a.path < b.path ? -1 : 1));
};
