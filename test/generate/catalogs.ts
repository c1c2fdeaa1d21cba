import type { Catalog } from '../../src/definition/catalog.ts';
import { load } from '../../src/definition/load.ts';
import { loadFolder } from '../../src/files/load.ts';
import { DEFAULT_OPTIONS, textOf, type GeneratedFile, type GenerateOptions } from '../../src/generate/file.ts';
import type { Part } from '../../src/generate/generate.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';

/** The definitions of this repository, on a machine where nothing is set. */
export const shippedCatalog = async (): Promise<Catalog> => {
  const { catalog, problems } = await loadFolder('slo', { profile: 'production', env: {} });
  if (!catalog) throw new Error(JSON.stringify(problems));
  return catalog;
};

/** The shop of the harness, changed; `more` are further documents. */
export const shopCatalog = (
  change: { system?: string; policies?: string; more?: string; lookup?: (reference: string) => string } = {},
): Catalog => {
  const { system = SYSTEM, policies = POLICIES, more, lookup = () => undefined } = change;
  const texts = [system, policies, ...(more === undefined ? [] : [more])];
  const files = texts.map((text, index) => ({ file: `${index}.yaml`, text }));
  const { catalog, problems } = load(files, { profile: 'production', lookup });
  if (!catalog) throw new Error(JSON.stringify(problems));
  return catalog;
};

/** What a part writes: path → text. */
export const written = (
  part: Part,
  catalog: Catalog,
  options: Partial<GenerateOptions> = {},
): ReadonlyMap<string, string> =>
  new Map(
    [...part(catalog, { ...DEFAULT_OPTIONS, ...options })].map((file: GeneratedFile) => [file.path, textOf(file)]),
  );
