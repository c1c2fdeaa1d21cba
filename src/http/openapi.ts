import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

type Transform = typeof jsonSchemaTransform;
type Parameters_ = { properties?: Record<string, unknown>; required?: string[] };

// Ids contain slashes, so their routes end in a wildcard; readers of the document see a parameter with a name.
const named: Transform = (document) => {
  const { schema, url } = jsonSchemaTransform(document);
  if (!url.endsWith('/*')) return { schema, url };
  const params = (schema as { params?: Parameters_ }).params;
  if (params?.properties?.['*'])
    (schema as { params?: unknown }).params = {
      ...params,
      properties: { id: { ...params.properties['*'], description: 'whole id; may contain slashes' } },
      required: ['id'],
    };
  return { schema, url: `${url.slice(0, -1)}:id` };
};

type Document = { components?: { schemas?: Record<string, unknown> } };

// Each named schema comes once as answer and once as question; the ones nobody refers to are left out.
const lean: typeof jsonSchemaTransformObject = (input) => {
  const document = jsonSchemaTransformObject(input) as Document;
  const schemas = document.components?.schemas ?? {};
  const unused = (): string[] => {
    const text = JSON.stringify(document);
    return Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
  };
  // One that goes may have been the last to refer to another.
  for (let names = unused(); names.length > 0; names = unused()) for (const name of names) delete schemas[name];
  return document as ReturnType<typeof jsonSchemaTransformObject>;
};

/** OpenAPI 3.1, made from the schemas that check every request and answer. */
export const describeApi = async (app: FastifyInstance, version: string): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Nines',
        version,
        description:
          'Times are ISO 8601 in UTC, durations seconds, objectives percent, shares 0 to 1. Errors are {"code","message"}.',
      },
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'NINES_TOKEN, NINES_INGEST_TOKEN for inbound routes, NINES_AGENT_TOKEN for those of agents',
          },
        },
      },
    },
    transform: named,
    transformObject: lean,
  });
  app.get('/openapi.json', { config: { need: 'read' }, schema: { hide: true } }, () => app.swagger());
};
