import { z } from 'zod';
import { requirements } from './requirements.ts';
import { document } from './spec/document.ts';

/** JSON Schema (draft-07, which editors' YAML servers know best) of every file in `slo/`, as people write them. */
export const jsonSchema = (): object =>
  z.toJSONSchema(z.union([document, requirements]).meta({ title: 'Nines definitions, nines/v1' }), {
    target: 'draft-07',
    io: 'input',
  });

/** `slo/schema.json` as it is committed. */
export const schemaText = (): string => `${JSON.stringify(jsonSchema(), null, 2)}\n`;
