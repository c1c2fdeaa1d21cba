import { z } from 'zod';
import { requirements } from './requirements.ts';
import { document } from './spec/document.ts';

type Json = { [key: string]: unknown };

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** `${each:name}` may stand in any text of an entry that has `for:`, and alone in place of any value. */
const EACH = { type: 'string', pattern: String.raw`^(?:[a-z0-9-]|\$\{each:[a-z][a-zA-Z0-9]*\})+$` };
const FOR = {
  description: 'Makes one entry of each combination of these lists, or of each row; ${each:name} stands for its value.',
  anyOf: [
    {
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: ['string', 'number', 'boolean'] } }],
      },
    },
    { type: 'array', minItems: 1, items: { type: 'object' } },
  ],
};

const templateOf = (entry: unknown): unknown => {
  if (!isJson(entry)) return entry;
  const variants = ['oneOf', 'anyOf'].find((key) => Array.isArray(entry[key]));
  if (variants) return { ...entry, [variants]: (entry[variants] as unknown[]).map(templateOf) };
  const properties = isJson(entry['properties']) ? entry['properties'] : {};
  return { ...entry, properties: { ...properties, id: EACH, for: FOR } };
};

/** The entries of probes and slos may be templates, which are expanded before anything is checked. */
const withTemplates = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withTemplates);
  if (!isJson(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const inner = withTemplates(value);
      const isList = (key === 'probes' || key === 'slos') && isJson(inner) && isJson(inner['items']);
      const isEntries = isList && isJson(inner['items']) && inner['items']['type'] !== 'string';
      return [key, isEntries ? { ...inner, items: templateOf(inner['items']) } : inner];
    }),
  );
};

/** JSON Schema (draft-07, which editors' YAML servers know best) of every file in `slo/`, as people write them. */
export const jsonSchema = (): object =>
  withTemplates(
    z.toJSONSchema(z.union([document, requirements]).meta({ title: 'Nines definitions, nines/v1' }), {
      target: 'draft-07',
      io: 'input',
    }),
  ) as object;

/** `slo/schema.json` as it is committed. */
export const schemaText = (): string => `${JSON.stringify(jsonSchema(), null, 2)}\n`;
