import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import type { JsonObject } from '../../../src/generate/finish.ts';

const RAW = resolve('node_modules/@grafana/schema/dist/types/raw');

/** Folder of each kind of panel that we write; those without field configuration of their own are told apart. */
const PANELS = {
  bargauge: ['bargauge', 'Record<string, never>'],
  stat: ['stat', 'Record<string, never>'],
  'state-timeline': ['statetimeline', 'FieldConfig'],
  'status-history': ['statushistory', 'FieldConfig'],
  table: ['table', 'FieldConfig'],
  text: ['text', 'Record<string, never>'],
  timeseries: ['timeseries', 'FieldConfig'],
} as const;

export type PanelKind = keyof typeof PANELS;
export const PANEL_KINDS = Object.keys(PANELS) as PanelKind[];

const entry = (): string => {
  const folders = Object.values(PANELS).map(([folder]) => folder);
  const imports = folders.map((one) => `import type * as ${one} from '${RAW}/composable/${one}/panelcfg/x/types.gen';`);
  const panels = Object.entries(PANELS).map(
    ([kind, [folder, custom]]) =>
      `  '${kind}': { options: ${folder}.Options; custom: ${custom === 'FieldConfig' ? `${folder}.FieldConfig` : custom} };`,
  );
  return [
    ...imports,
    `import type { Dashboard } from '${RAW}/dashboard/x/types.gen';`,
    'export type Model = {',
    '  dashboard: Dashboard;',
    ...panels,
    '};\n',
  ].join('\n');
};

/**
 * JSON Schemas made of Grafana's own types. The index of the package cannot be used (it defines a name twice), and its
 * `exports` hide the files: so an entry of our own names them by path.
 */
const schemas = (): Record<string, object> => {
  const directory = mkdtempSync(join(tmpdir(), 'nines-schema-'));
  try {
    const path = join(directory, 'model.ts');
    const tsconfig = join(directory, 'tsconfig.json');
    writeFileSync(path, entry());
    writeFileSync(
      tsconfig,
      JSON.stringify({
        compilerOptions: { module: 'esnext', moduleResolution: 'bundler', target: 'esnext', types: [], strict: true },
        files: [path],
      }),
    );
    const schema = createGenerator({
      path,
      tsconfig,
      type: 'Model',
      expose: 'none',
      topRef: false,
      skipTypeCheck: true,
    }).createSchema('Model');
    return { ...(schema.properties as Record<string, object>), definitions: schema.definitions ?? {} };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

export type Model = {
  /** What Grafana's types object to in a dashboard and its panels; empty = nothing. */
  mistakesIn: (dashboard: JsonObject) => readonly string[];
};

type Panel = {
  id: number;
  type: string;
  options?: object;
  fieldConfig?: { defaults: { custom?: object } };
  panels?: readonly Panel[];
};

const said = (validate: ValidateFunction, value: unknown, where: string): readonly string[] =>
  validate(value)
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${where}${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
      );

/** Belong to the data source, so the type of the dashboard does not know them; Grafana reads them from there. */
const OF_PROMETHEUS = new Set(['expr', 'step', 'titleFormat', 'textFormat']);

const withoutPrometheus = (model: JsonObject): object => {
  const { list } = model['annotations'] as { list: readonly JsonObject[] };
  const bare = list.map((one) => Object.fromEntries(Object.entries(one).filter(([key]) => !OF_PROMETHEUS.has(key))));
  return { ...model, annotations: { list: bare } };
};

/** Takes seconds: make it once. */
export const grafanaModel = (): Model => {
  const all = schemas();
  const ajv = new Ajv({ strict: false, allErrors: true });
  const compile = (schema: object): ValidateFunction => ajv.compile({ ...schema, definitions: all['definitions'] });
  const dashboard = compile(all['dashboard'] ?? {});
  const panels = new Map(
    Object.keys(PANELS).map((kind) => {
      const { properties } = all[kind] as { properties: { options: object; custom: object } };
      return [kind, { options: compile(properties.options), custom: compile(properties.custom) }];
    }),
  );
  const inPanel = (panel: Panel): readonly string[] => {
    if (panel.type === 'row') return (panel.panels ?? []).flatMap(inPanel);
    const kind = panels.get(panel.type);
    if (!kind) return [`panel ${panel.id} is of an unknown type: ${panel.type}`];
    return [
      ...said(kind.options, panel.options, `panel ${panel.id} options`),
      ...said(kind.custom, panel.fieldConfig?.defaults.custom ?? {}, `panel ${panel.id} custom`),
    ];
  };
  return {
    mistakesIn: (model) => [
      ...said(dashboard, withoutPrometheus(model), 'dashboard'),
      ...(model['panels'] as unknown as readonly Panel[]).flatMap(inPanel),
    ],
  };
};
