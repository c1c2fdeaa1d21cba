import type { Catalog } from '../definition/catalog.ts';
import { alertmanagerPart } from './alertmanager.ts';
import { dashboardFiles } from './dashboards/index.ts';
import { factFiles } from './facts/index.ts';
import type { GeneratedFile, GenerateOptions } from './file.ts';
import { prometheusPart } from './prometheus.ts';
import { provisioningPart } from './provisioning.ts';
import { ruleTestFiles } from './rule-tests/index.ts';
import { ruleFiles } from './rules/index.ts';

/** One family of generated files. Pure: the same catalog and options give the same bytes on any machine. */
export type Part = (catalog: Catalog, options: GenerateOptions) => Iterable<GeneratedFile>;

const PARTS: readonly Part[] = [
  factFiles,
  ruleFiles,
  ruleTestFiles,
  dashboardFiles,
  prometheusPart,
  alertmanagerPart,
  provisioningPart,
];

/** Every file of the catalog, by path. */
export const generate = (catalog: Catalog, options: GenerateOptions): readonly GeneratedFile[] =>
  PARTS.flatMap((part) => [...part(catalog, options)]).toSorted((a, b) => (a.path < b.path ? -1 : 1));
